use tonic::Status;
use vestibule::{Call, Hooks, Interceptor, Method, interceptor};

pub struct Timed;

pub struct Timer;

impl Interceptor for Timed {
    type Provides = ();
    type Hooks = Timer;

    async fn start(&self, _call: &Call) -> Result<((), Timer), Status> {
        Ok(((), Timer))
    }
}

impl<M: Method> Hooks<M> for Timer {}

#[interceptor(Timed)]
async fn base() -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = base();
}

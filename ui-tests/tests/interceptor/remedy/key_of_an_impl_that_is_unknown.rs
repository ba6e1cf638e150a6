use tonic::Status;
use vestibule::{Call, Interceptor, interceptor};

pub struct Quota;

#[interceptor(phase = Limit)]
impl Interceptor for Quota {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }
}

fn main() {
    let _ = vestibule::layer((Quota,));
}

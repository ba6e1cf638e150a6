//! An interceptor's function has type and constant parameters that rustc cannot infer from the arguments.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Mount, Rest, Status, interceptor};

pub trait Role: Send + Sync + 'static {
    const NAME: &'static str;
}

pub struct Adder;

impl Role for Adder {
    const NAME: &'static str = "adder";
}

#[interceptor]
async fn limited<const N: u32>() -> Result<u32, Status> {
    Ok(N)
}

#[interceptor]
async fn require<R: Role>() -> Result<&'static str, Status> {
    Ok(R::NAME)
}

#[interceptor]
async fn wrapped<'a, const MORE: bool, G: Role, T: Clone + Send + Sync, const N: usize>(
    names: &'a [T; N],
    rest: impl Rest,
) -> Result<(), Status> {
    let _ = (names, MORE, G::NAME, N);
    rest.await
}

pub struct Service;

#[interceptor(limit = limited::<7>(), role = require::<Adder>())]
impl Probe for Service {
    #[interceptor(wrapped::<true, Adder, _, 2>(&[1, 2]))]
    async fn echo(&self, _request: Ping, limit: &u32, role: &&'static str) -> Result<Pong, Status> {
        Ok(Pong { text: format!("{role} {limit}") })
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {
    let _ = (Mount::new(Service), ProbeServer::new(Service));
}

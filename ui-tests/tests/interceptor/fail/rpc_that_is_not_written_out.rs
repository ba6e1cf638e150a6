use proto::probe::probe_server::Probe;
use proto::probe::{Ping, Pong};
use vestibule::{Status, interceptor};

pub struct Open;

#[interceptor]
impl Probe for Open {
    fn echo(&self, request: Ping) -> Result<Pong, Status>;

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {}

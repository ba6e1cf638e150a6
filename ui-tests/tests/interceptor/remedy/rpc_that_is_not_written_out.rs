use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Status, interceptor};

pub struct Open;

#[interceptor]
impl Probe for Open {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {
    ProbeServer::new(Open);
}

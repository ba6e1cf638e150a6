use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Status, interceptor};

pub struct Service;

#[interceptor]
impl Probe for Service {
    #[rpc(name = "Echo")]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {
    ProbeServer::new(Service);
}

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Mount, Status, interceptor};

pub struct Service;

#[interceptor]
impl Probe for Service {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {
    tonic::transport::Server::builder().add_service(Mount::new(Service));
}

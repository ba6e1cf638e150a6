use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule_interceptors::InFlight;
use vestibule::{Status, interceptor};

pub struct Service;

#[interceptor(Some(&InFlight::new(100)))]
impl Probe for Service {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {
    ProbeServer::new(Service);
}

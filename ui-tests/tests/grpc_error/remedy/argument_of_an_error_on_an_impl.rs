use vestibule::grpc_error;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::Status;

pub struct Service;

#[grpc_error(crate = ::vestibule)]
impl Probe for Service {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {}

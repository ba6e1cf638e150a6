//! The expansion leaves the list out. rustc must not warn that the imports of the list are unused.

use std::time::Duration;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule_interceptors::{Deadline, Recover};
use vestibule::{Status, interceptor};

pub struct Service;

#[interceptor(Recover::new(), Deadline::at_most(Duration::from_secs(1)))]
impl Probe for Service {
    async fn echo(&self, request: Ping, caller: &String) -> Result<Pong, Status> {
        Ok(Pong { text: request.text + caller })
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {
    ProbeServer::new(Service);
}

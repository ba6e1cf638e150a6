use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
// This name stands for any attribute macro.
use tonic::async_trait as adds_methods;
use vestibule::{Mount, Status, interceptor, require_metadata};

#[interceptor]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<(), Status> {
    Ok(())
}

pub struct Open;

#[interceptor(authenticate())]
#[adds_methods]
impl Probe for Open {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

pub struct Hidden;

#[require_metadata("request-id")]
#[cfg_attr(not(test), allow(unused), adds_methods)]
impl Probe for Hidden {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {
    ProbeServer::new(Open);
    ProbeServer::new(Hidden);
    let _ = (Mount::new(Open), Mount::new(Hidden));
}

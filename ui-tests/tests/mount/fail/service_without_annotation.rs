use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::{Request, Response, Status};
use vestibule::Mount;

pub struct Service;

#[tonic::async_trait]
impl Probe for Service {
    async fn echo(&self, _request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Ok(Response::new(Pong::default()))
    }

    async fn get_url(&self, _request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Ok(Response::new(Pong::default()))
    }
}

fn main() {
    let _: Mount<_, ProbeServer<()>> = Mount::new(Service);
}

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::{Request, Response, Status};
use vestibule::Mount;

pub struct Service;

#[vestibule::interceptor]
impl Probe for Service {
    async fn echo(&self, _request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Ok(Response::new(Pong::default()))
    }

    async fn get_url(&self, _request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Ok(Response::new(Pong::default()))
    }
}

fn main() {
    tonic::transport::Server::builder().add_service(Mount::new(Service));
}

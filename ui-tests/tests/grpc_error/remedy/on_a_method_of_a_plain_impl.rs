use proto::probe::probe_server::Probe;
use proto::probe::{Ping, Pong};
use tonic::{Request, Response};
use vestibule::{Status, grpc_error};

pub struct Shop;

#[tonic::async_trait]
impl Probe for Shop {
    #[grpc_error]
    async fn echo(&self, _request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Ok(Response::new(Pong::default()))
    }

    async fn get_url(&self, _request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Ok(Response::new(Pong::default()))
    }
}

fn main() {}

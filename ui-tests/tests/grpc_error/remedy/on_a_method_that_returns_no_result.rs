use vestibule::grpc_error;

use proto::probe::probe_server::Probe;
use proto::probe::{Ping, Pong};
use tonic::{Request, Response};

#[grpc_error]
#[status(Aborted, message = "no")]
pub struct ShopError;

pub struct Service;

#[tonic::async_trait]
impl Probe for Service {
    #[grpc_error]
    async fn echo(&self, _request: Request<Ping>) -> Result<Response<Pong>, ShopError> {
        Ok(Response::new(Pong::default()))
    }

    async fn get_url(&self, _request: Request<Ping>) -> Result<Response<Pong>, tonic::Status> {
        Ok(Response::new(Pong::default()))
    }
}

fn main() {}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

pub struct Caller;

#[interceptor]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<Caller, Status> {
    Ok(Caller)
}

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    #[interceptor(authenticate())]
    async fn addition(
        &self,
        _request: tonic::Request<AdditionRequest>,
    ) -> Result<tonic::Response<AdditionResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

pub struct Caller;

#[interceptor]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<Caller, Status> {
    Ok(Caller)
}

#[vestibule::grpc_error]
#[status(InvalidArgument, message = "not allowed")]
pub struct Negative;

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(&self, _request: AdditionRequest) -> Result<AdditionResponse, Negative> {
        Err(Negative)
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::AdditionRequest;
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
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionRequest, Status> {
        Ok(request)
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::interceptor;

pub struct Caller;

#[interceptor]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<Caller, tonic::Status> {
    Ok(Caller)
}

type Reply<T> = Result<T, tonic::Status>;

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Reply<AdditionResponse> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

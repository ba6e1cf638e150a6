use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

pub struct Caller;

#[interceptor]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<Caller, Status> {
    Ok(Caller)
}

#[interceptor]
async fn access_log() -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor(caller = authenticate(), access_log())]
impl Calculatrice for Calculator {
    #[skip(access_log)]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

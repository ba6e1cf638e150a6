use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::{Call, interceptor};

#[interceptor]
async fn check(call: &Call) -> Result<(), Status> {
    match call.metadata().get("authorization") {
        Some(_) => Ok(()),
        None => Err(Status::unauthenticated("no token")),
    }
}

pub struct Calculator;

#[interceptor(check())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

#[interceptor]
async fn allow() -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor(allowed = allow(), other = allow())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest, allowed: &(), other: &()) -> Result<AdditionResponse, Status> {
        let _ = (allowed, other);
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

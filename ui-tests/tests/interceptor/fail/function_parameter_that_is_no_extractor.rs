use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

pub struct Agent;

#[interceptor]
async fn check(#[extract] _agent: Agent) -> Result<(), Status> {
    Ok(())
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

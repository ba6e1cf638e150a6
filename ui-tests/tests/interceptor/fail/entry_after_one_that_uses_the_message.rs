use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

#[interceptor]
async fn log() -> Result<(), Status> {
    Ok(())
}

#[interceptor]
async fn check(_request: &AdditionRequest) -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    #[interceptor(check(&request), log())]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

#[interceptor]
async fn allow() -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor(allow())]
impl Calculatrice for Calculator {
    #[skip(log)]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

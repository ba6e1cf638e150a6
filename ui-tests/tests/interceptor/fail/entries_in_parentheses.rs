use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Rest, Status, interceptor};

#[interceptor]
async fn log(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

#[interceptor]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<(), Status> {
    Ok(())
}

struct Calculator;

#[interceptor((log(), authenticate()))]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

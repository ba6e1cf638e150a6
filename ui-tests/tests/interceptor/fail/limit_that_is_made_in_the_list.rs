use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use std::time::Duration;
use vestibule::interceptors::{self, InFlight};
use vestibule::{Status, interceptor};

pub struct Calculator;

#[interceptor(InFlight::new(100))]
impl Calculatrice for Calculator {
    #[interceptor(_slot = interceptors::InFlight::new(1).wait(Duration::from_secs(1)))]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

#[interceptor]
async fn check(numbers: &mut AdditionRequest) -> Result<(), Status> {
    numbers.nombre1 = 0;
    Ok(())
}

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    #[interceptor(check(&mut request))]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

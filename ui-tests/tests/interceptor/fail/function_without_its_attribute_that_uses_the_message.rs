use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

async fn check(request: &AdditionRequest) -> Result<(), Status> {
    if request.nombre1 > 0 { Ok(()) } else { Err(Status::invalid_argument("not positive")) }
}

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    #[interceptor(check(&request))]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

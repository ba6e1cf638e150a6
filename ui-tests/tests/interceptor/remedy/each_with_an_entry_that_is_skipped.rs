use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::{interceptor, public};

#[interceptor]
async fn role(_role: &str) -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor(access = role("adder"), each(access))]
impl Calculatrice for Calculator {
    #[interceptor(access = public())]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

#[interceptor]
async fn role(_role: &str) -> Result<(), Status> {
    Ok(())
}

#[interceptor(access = role("adder"), each(access))]
async fn base(access: &()) -> Result<(), Status> {
    Ok(*access)
}

pub struct Calculator;

#[interceptor(base())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::AdditionResponse;
use tonic::Status;
use vestibule::interceptor;

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(
        &self,
        request: AdditionResponse,
    ) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.resultat })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

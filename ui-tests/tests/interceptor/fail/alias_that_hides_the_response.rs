use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::{Request, Response, Status};
use vestibule::interceptor;

type AdditionResult = Result<Response<AdditionResponse>, Status>;

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(&self, request: Request<AdditionRequest>) -> AdditionResult {
        let AdditionRequest { nombre1, nombre2 } = request.into_inner();
        Ok(Response::new(AdditionResponse { resultat: nombre1 + nombre2 }))
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

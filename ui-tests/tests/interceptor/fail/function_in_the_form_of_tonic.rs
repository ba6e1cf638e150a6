use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::{Request, Status};
use vestibule::interceptor;

#[interceptor]
fn check(req: Request<()>) -> Result<Request<()>, Status> {
    match req.metadata().get("authorization") {
        Some(_) => Ok(req),
        None => Err(Status::unauthenticated("no token")),
    }
}

pub struct Calculator;

#[interceptor(check())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

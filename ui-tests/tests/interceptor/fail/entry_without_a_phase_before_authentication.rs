use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;
use vestibule_interceptors::Deadline;

#[interceptor]
async fn count() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Observe)]
async fn access_log() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Authenticate)]
async fn authenticate() -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor(count(), authenticate())]
impl Calculatrice for Calculator {
    #[interceptor(Deadline::new())]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

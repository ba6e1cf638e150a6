use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;
use vestibule_interceptors::{Deadline, InFlight};

#[interceptor(phase = Observe)]
async fn access_log() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Authenticate)]
async fn authenticate() -> Result<(), Status> {
    Ok(())
}

#[interceptor(Deadline::new(), authenticate(), access_log())]
async fn base() -> Result<(), Status> {
    Ok(())
}

pub struct Calculator {
    in_flight: InFlight,
}

#[interceptor(base(), &self.in_flight)]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator { in_flight: InFlight::new(1) });
}

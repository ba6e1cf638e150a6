use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::{MethodInfo, Shape, interceptor, only};
use vestibule_interceptors::{Deadline, InFlight};

const ADDITION: &MethodInfo = &MethodInfo::new("/calcul.Calculatrice/Addition", Shape::Unary);

#[interceptor(phase = Observe)]
async fn access_log() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Authenticate)]
async fn authenticate() -> Result<(), Status> {
    Ok(())
}

#[interceptor(access_log(), authenticate())]
async fn base() -> Result<(), Status> {
    Ok(())
}

pub struct Calculator {
    in_flight: InFlight,
}

#[interceptor(&self.in_flight, only([ADDITION], base()), Deadline::new())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator { in_flight: InFlight::new(1) });
}

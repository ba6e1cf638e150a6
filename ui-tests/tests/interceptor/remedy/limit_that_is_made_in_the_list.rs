use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use std::time::Duration;
use vestibule_interceptors::InFlight;
use vestibule::{MethodInfo, Shape, Status, interceptor, only};

const ADDITION: &MethodInfo = &MethodInfo::new("/calcul.Calculatrice/Addition", Shape::Unary);

pub struct Calculator {
    in_flight: InFlight,
    slots: InFlight,
}

#[interceptor(&self.in_flight, only([ADDITION], &self.slots))]
impl Calculatrice for Calculator {
    #[interceptor(_slot = &self.slots)]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator {
        in_flight: InFlight::new(100),
        slots: InFlight::new(1).wait(Duration::from_secs(1)),
    });
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule_interceptors::Retry;
use vestibule::{Status, interceptor};

struct Calculator;

#[interceptor(Retry::new(3))]
impl Calculatrice for Calculator {
    async fn addition(&self, _request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Err(Status::unimplemented(""))
    }
}

fn main() {
    let _ = CalculatriceServer::new(Calculator);
}

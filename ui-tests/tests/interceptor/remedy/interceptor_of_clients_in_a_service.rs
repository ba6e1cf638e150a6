use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule_interceptors::Retry;
use vestibule::{Status, interceptor};

fn connect(channel: tonic::transport::Channel) {
    let _ = vestibule::client(channel, (Retry::new(3),));
}

struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(&self, _request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Err(Status::unimplemented(""))
    }
}

fn main() {
    let _ = CalculatriceServer::new(Calculator);
}

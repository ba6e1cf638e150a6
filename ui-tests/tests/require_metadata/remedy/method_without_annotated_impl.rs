use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::require_metadata;

pub struct Calculator;

#[vestibule::interceptor]
impl Calculatrice for Calculator {
    #[require_metadata("request-id")]
    async fn addition(
        &self,
        _request: tonic::Request<AdditionRequest>,
    ) -> Result<tonic::Response<AdditionResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

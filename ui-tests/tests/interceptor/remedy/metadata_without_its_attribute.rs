use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(
        &self,
        request: AdditionRequest,
        #[metadata("tenant")] tenant: &str,
        #[metadata("request-id")] request_id: &str,
        #[metadata("trace-bin")] trace: Vec<u8>,
    ) -> Result<AdditionResponse, Status> {
        let _ = (tenant, request_id, trace);
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

pub struct Calculator;

#[interceptor]
#[rpc(service = "calcul/Calculatrice")]
impl Calculatrice for Calculator {
    #[skip]
    #[rpc]
    #[rpc(name = "Addition")]
    #[rpc(name = "Add")]
    pub async fn addition(
        #[metadata("self")] &self,
        request: AdditionRequest,
        #[metadata("a")]
        #[metadata("b")]
        _value: &str,
    ) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

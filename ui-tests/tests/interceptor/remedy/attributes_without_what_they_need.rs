use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

#[interceptor]
async fn allow() -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor(name = allow())]
#[rpc(service = "calcul.Calculatrice")]
impl Calculatrice for Calculator {
    #[skip(name)]
    #[rpc(name = "Addition")]
    async fn addition(
        &self,
        request: AdditionRequest,
        #[metadata("a")]
        _value: &str,
    ) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

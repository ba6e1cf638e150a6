use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Call, Status, interceptor};

#[interceptor]
async fn log(call: &Call) -> Result<(), Status> {
    let _ = call.method();
    Ok(())
}

pub struct Calculator;

#[interceptor(log())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest, call: &Call) -> Result<AdditionResponse, Status> {
        let _ = call;
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

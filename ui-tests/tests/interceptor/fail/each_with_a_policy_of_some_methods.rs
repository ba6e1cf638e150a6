use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::{MethodInfo, Shape, interceptor, only};

const ADDITION: &MethodInfo = &MethodInfo::new("/calcul.Calculatrice/Addition", Shape::Unary);

#[interceptor]
async fn role(_role: &str) -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor(access = only([ADDITION], role("adder")), each(access))]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

#[interceptor]
async fn locale(#[metdata("locale")] _locale: &str) -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor(locale())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest, #[metadat("tenant")] _tenant: &str) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

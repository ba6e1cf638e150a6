use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

pub struct Caller;

#[interceptor]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<Caller, Status> {
    Ok(Caller)
}

pub struct Calculator;

#[interceptor(tenant = authenticate(), caller = authenticate())]
impl Calculatrice for Calculator {
    #[skip(caller)]
    async fn addition(&self, request: AdditionRequest, tenant: &Caller, #[metadata("locale")] _l: &str) -> Result<AdditionResponse, Status> {
        let _ = tenant;
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

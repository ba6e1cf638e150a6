use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

#[interceptor]
async fn tenant<'a>(#[metadata("x-tenant")] tenant: &'a str) -> Result<&'a str, Status> {
    Ok(tenant)
}

pub struct Calculator;

#[interceptor(tenant = tenant())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest, tenant: &&str) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + tenant.len() as i32 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

#[interceptor]
async fn tenant(#[metadata("x-tenant")] tenant: &str) -> Result<String, Status> {
    tenant.strip_prefix("t-").map(str::to_owned).ok_or_else(|| Status::not_found("no such tenant"))
}

pub struct Calculator;

#[interceptor(tenant = tenant())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest, tenant: &String) -> Result<AdditionResponse, Status> {
        let _ = tenant;
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

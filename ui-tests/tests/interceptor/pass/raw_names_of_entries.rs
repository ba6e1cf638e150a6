//! `r#access` and `access` are one name, wherever a list has it.
#![deny(warnings)]

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor, public, require_metadata};

#[interceptor]
async fn caller() -> Result<u32, Status> {
    Ok(1)
}

#[interceptor]
async fn tenant() -> Result<u32, Status> {
    Ok(2)
}

#[interceptor]
async fn is(caller: &u32, _expected: u32) -> Result<(), Status> {
    let _ = caller;
    Ok(())
}

#[interceptor(r#caller = caller(), is(caller, 1))]
async fn base(r#caller: &u32) -> Result<u32, Status> {
    Ok(*caller)
}

struct Calculator;

#[interceptor(r#log = public(), caller = base(), is(r#caller, 2), each(r#access, audit), r#type = tenant())]
#[require_metadata(r#tenant: &str = "x-tenant")]
impl Calculatrice for Calculator {
    #[skip(log)]
    #[interceptor(access = is(caller, 3), r#audit = public())]
    async fn addition(
        &self,
        request: AdditionRequest,
        r#caller: &u32,
        r#type: &u32,
        tenant: &str,
    ) -> Result<AdditionResponse, Status> {
        let _ = (caller, r#type, tenant);
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

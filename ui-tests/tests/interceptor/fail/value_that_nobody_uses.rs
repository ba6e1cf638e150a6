#![deny(unused_variables)]

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

pub struct Caller;

#[interceptor]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<Caller, Status> {
    Ok(Caller)
}

#[interceptor]
async fn tenant() -> Result<String, Status> {
    Ok(String::new())
}

#[interceptor(caller = authenticate(), name = tenant(), owner = tenant_of(name))]
async fn base() -> Result<(), Status> {
    Ok(())
}

#[interceptor]
async fn tenant_of(_name: &str) -> Result<String, Status> {
    Ok(String::new())
}

pub struct Calculator;

#[interceptor(caller = authenticate())]
impl Calculatrice for Calculator {
    #[interceptor(tenant = tenant())]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    let _ = base();
    CalculatriceServer::new(Calculator);
}

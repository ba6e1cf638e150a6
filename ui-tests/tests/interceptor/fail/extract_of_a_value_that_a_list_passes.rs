use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

pub struct Caller;

#[interceptor]
async fn authenticate() -> Result<Caller, Status> {
    Ok(Caller)
}

#[interceptor]
async fn role(#[extract] _caller: &Caller) -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor(caller = authenticate(), role())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

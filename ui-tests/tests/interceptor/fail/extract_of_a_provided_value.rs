use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

pub struct Caller;

#[interceptor]
async fn authenticate() -> Result<Caller, Status> {
    Ok(Caller)
}

#[interceptor(caller = authenticate())]
async fn base(#[extract] caller: &Caller) -> Result<(), Status> {
    let _ = caller;
    Ok(())
}

pub struct Calculator;

#[interceptor(base(), caller = authenticate())]
impl Calculatrice for Calculator {
    async fn addition(
        &self,
        request: AdditionRequest,
        #[extract] caller: &Caller,
    ) -> Result<AdditionResponse, Status> {
        let _ = caller;
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

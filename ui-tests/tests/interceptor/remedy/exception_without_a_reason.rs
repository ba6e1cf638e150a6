use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor, out_of_order, public};

#[interceptor(phase = Authenticate)]
async fn authenticate() -> Result<(), Status> {
    Ok(())
}

#[interceptor(out_of_order("costs nothing", public()), authenticate())]
async fn base() -> Result<(), Status> {
    Ok(())
}

struct Calculator;

#[interceptor(out_of_order("costs nothing", public()), authenticate())]
impl Calculatrice for Calculator {
    #[interceptor(out_of_order("comes last", base()))]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

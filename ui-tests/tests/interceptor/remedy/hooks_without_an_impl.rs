use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Call, Interceptor, Status, interceptor};

struct Timer;

impl<M: vestibule::Method> vestibule::Hooks<M> for Timer {}

struct Timed;

impl Interceptor for Timed {
    type Provides = ();
    type Hooks = Timer;

    async fn start(&self, _call: &Call) -> Result<((), Timer), Status> {
        Ok(((), Timer))
    }
}

struct Calculator;

#[interceptor(Timed)]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

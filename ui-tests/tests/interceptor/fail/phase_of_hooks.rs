use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Call, Hooks, Interceptor, Method, Status, interceptor};

struct Counts;

impl Interceptor for Counts {
    type Provides = ();
    type Hooks = Counted;

    async fn start(&self, _call: &Call) -> Result<((), Counted), Status> {
        Ok(((), Counted))
    }
}

struct Counted;

#[interceptor(phase = Observe)]
impl<M: Method> Hooks<M> for Counted {}

struct Calculator;

#[interceptor(Counts)]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

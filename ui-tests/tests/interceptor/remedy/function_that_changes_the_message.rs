use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Call, Hooks, Interceptor, Rpc, Status, interceptor};

struct Checked;

impl Interceptor for Checked {
    type Provides = ();
    type Hooks = Checked;

    async fn start(&self, _call: &Call) -> Result<((), Checked), Status> {
        Ok(((), Checked))
    }
}

impl Hooks<Rpc<AdditionRequest, AdditionResponse>> for Checked {
    fn on_request(&mut self, request: &mut AdditionRequest) -> Result<(), Status> {
        if request.nombre1 < 0 { Err(Status::invalid_argument("negative")) } else { Ok(()) }
    }
}

pub struct Calculator;

#[interceptor(Checked)]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

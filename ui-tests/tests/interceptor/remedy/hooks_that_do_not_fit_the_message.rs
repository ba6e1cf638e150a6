use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Call, Hooks, Interceptor, Method, Status, interceptor};

pub trait Validate {
    fn validate(&self) -> Result<(), Status>;
}

pub struct Validated;

impl Interceptor for Validated {
    type Provides = ();
    type Hooks = Self;

    async fn start(&self, _call: &Call) -> Result<((), Self), Status> {
        Ok(((), Validated))
    }
}

impl<M: Method<Request: Validate>> Hooks<M> for Validated {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        message.validate()
    }
}

impl Validate for AdditionRequest {
    fn validate(&self) -> Result<(), Status> {
        Ok(())
    }
}

pub struct Calculator;

#[interceptor(Validated)]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::{Response, Status};
use vestibule::interceptor;

type Answer<E, T> = Result<Response<T>, E>;

pub struct Refused;

impl From<Refused> for Status {
    fn from(_: Refused) -> Self {
        Self::permission_denied("refused")
    }
}

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Answer<Refused, AdditionResponse> {
        let resultat = request.nombre1 + request.nombre2;
        Ok(Response::new(AdditionResponse { resultat }))
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

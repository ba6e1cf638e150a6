use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

pub struct Locale;

impl vestibule::FromCall<'_> for Locale {
    fn from_call(_: &vestibule::Call) -> Result<Self, Status> {
        Ok(Locale)
    }
}

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(
        &self,
        request: AdditionRequest,
        _locale: Option<Locale>,
    ) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

#[interceptor]
async fn access_log() -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    #[cfg(unix)]
    #[interceptor(access_log())]
    async fn addition(
        &self,
        request: AdditionRequest,
        #[cfg(unix)]
        #[metadata("locale")]
        _locale: Option<&str>,
        #[cfg(not(unix))] _locale: Option<vestibule::extract::UserAgent<'_>>,
        #[cfg(any(not(unix), test))] _host: Option<vestibule::extract::RemoteAddr>,
    ) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }

    #[cfg(not(unix))]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

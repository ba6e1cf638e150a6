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
    #[cfg_attr(unix, interceptor(access_log()))]
    async fn addition(
        &self,
        request: AdditionRequest,
        #[cfg_attr(unix, metadata("locale"))] _locale: Option<&str>,
        #[cfg_attr(unix, cfg(test))] _host: Option<vestibule::extract::RemoteAddr>,
    ) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}

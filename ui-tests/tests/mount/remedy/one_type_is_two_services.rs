use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Mount, Status, interceptor};

pub struct Service;

#[interceptor]
impl Probe for Service {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

#[interceptor]
impl Calculatrice for Service {
    async fn addition(&self, _request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse::default())
    }
}

fn main() {
    let _ = (ProbeServer::new(Service), CalculatriceServer::new(Service));
    let _ = Mount::<_, CalculatriceServer<_>>::new(Service);
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Status, interceptor};

#[derive(Clone)]
pub struct Both;

impl Both {
    /// The name of a method of the service is still free.
    pub fn addition(&self, a: i32, b: i32) -> i32 {
        a + b
    }

    pub async fn echo(&self) -> String {
        "echo".to_owned()
    }
}

#[interceptor]
impl Calculatrice for Both {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: self.addition(request.nombre1, request.nombre2) })
    }
}

#[interceptor]
impl Probe for Both {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: self.echo().await })
    }

    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        let reply = Probe::echo(self, tonic::Request::new(request)).await?;
        Ok(reply.into_inner())
    }
}

mod elsewhere {
    use proto::calcul::calculatrice_server::{self, CalculatriceServer};
    use proto::calcul::{AdditionRequest, AdditionResponse};
    use vestibule::Status;

    pub struct Another;

    // The attribute is named by its path, and tonic's attribute stands below it.
    #[vestibule::interceptor]
    #[vestibule::require_metadata("request-id")]
    #[tonic::async_trait]
    impl calculatrice_server::Calculatrice for Another {
        #[vestibule::require_metadata("other-id")]
        async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
            Ok(AdditionResponse { resultat: request.nombre1 })
        }
    }

    pub fn server() -> CalculatriceServer<Another> {
        CalculatriceServer::new(Another)
    }
}

fn main() {
    CalculatriceServer::new(Both);
    ProbeServer::new(Both);
    elsewhere::server();
}

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::{Request, Response, Status};
use vestibule::interceptor;
use vestibule::server::Mounts;

struct MyServer;

#[interceptor]
impl Calculatrice for MyServer {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

#[interceptor]
impl Probe for MyServer {
    async fn echo(&self, _: Request<Ping>) -> Result<Response<Pong>, Status> {
        Err(Status::unimplemented("later"))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _: Request<Ping>) -> Result<Response<Pong>, Status> {
        Err(Status::unimplemented("later"))
    }
}

fn main() {
    let _ = Mounts::new().mount_all::<(CalculatriceServer<()>, ProbeServer<()>)>(MyServer);
}

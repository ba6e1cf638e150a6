//! After `dynamic`: the services that a server has are chosen when the program starts.

use std::net::SocketAddr;

use proto::calcul::calculatrice_client::CalculatriceClient;
use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::service::RoutesBuilder;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};

use crate::{HasList, moved};

moved! {
    {
        #[derive(Default)]
        pub(super) struct MyCalculator {}

        #[derive(Default)]
        pub(super) struct MyProbe {}

        fn init_calculator(builder: &mut RoutesBuilder) {
            builder.add_service(CalculatriceServer::new(MyCalculator::default()));
        }

        fn init_probe(builder: &mut RoutesBuilder) {
            builder.add_service(ProbeServer::new(MyProbe::default()));
        }

        pub(super) async fn serve() -> SocketAddr {
            let mut routes_builder = RoutesBuilder::default();
            for name in ["calculator", "probe"] {
                match name {
                    "calculator" => init_calculator(&mut routes_builder),
                    _ => init_probe(&mut routes_builder),
                }
            }
            let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let addr = incoming.local_addr().unwrap();
            let router = Server::builder().add_routes(routes_builder.routes());
            tokio::spawn(router.serve_with_incoming(incoming));
            addr
        }
    }

    #[tonic::async_trait]
    impl Calculatrice for MyCalculator {
        async fn addition(
            &self,
            request: Request<AdditionRequest>,
        ) -> Result<Response<AdditionResponse>, Status> {
            let AdditionRequest { nombre1, nombre2 } = request.into_inner();
            Ok(Response::new(AdditionResponse { resultat: nombre1 + nombre2 }))
        }
    }

    #[tonic::async_trait]
    impl Probe for MyProbe {
        async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
            let message = format!("you said: {}", request.into_inner().text);
            Ok(Response::new(Pong { text: message }))
        }

        async fn get_url(&self, _request: Request<Ping>) -> Result<Response<Pong>, Status> {
            Err(Status::unimplemented("no URL"))
        }
    }
}

async fn check(addr: SocketAddr, has_list: HasList) {
    let mut client = CalculatriceClient::connect(format!("http://{addr}")).await.unwrap();
    let response = client.addition(AdditionRequest { nombre1: 3, nombre2: 4 }).await.unwrap();
    has_list.check("/calcul.Calculatrice/Addition", response.metadata());
    assert_eq!(response.into_inner().resultat, 7);

    let mut client = ProbeClient::connect(format!("http://{addr}")).await.unwrap();
    let response = client.echo(Ping { text: "hi".to_owned() }).await.unwrap();
    has_list.check("/probe.Probe/Echo", response.metadata());
    assert_eq!(response.into_inner().text, "you said: hi");
    assert_eq!(client.get_url(Ping::default()).await.unwrap_err().code(), Code::Unimplemented);
}

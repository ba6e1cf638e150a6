//! After `interceptor`: tonic's own interceptor puts a value into the extensions, and the handler reads it there.

use std::net::SocketAddr;

use proto::calcul::calculatrice_client::CalculatriceClient;
use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::{HasList, moved};

moved! {
    {
        #[derive(Clone)]
        struct Factor {
            value: i32,
        }

        /// Runs before each call of the service.
        fn intercept(mut req: Request<()>) -> Result<Request<()>, Status> {
            req.extensions_mut().insert(Factor { value: 10 });
            Ok(req)
        }

        #[derive(Default)]
        pub(super) struct Calculator {}

        pub(super) async fn serve() -> SocketAddr {
            let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let addr = incoming.local_addr().unwrap();
            let service = CalculatriceServer::with_interceptor(Calculator::default(), intercept);
            tokio::spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
            addr
        }
    }

    #[tonic::async_trait]
    impl Calculatrice for Calculator {
        async fn addition(
            &self,
            request: Request<AdditionRequest>,
        ) -> Result<Response<AdditionResponse>, Status> {
            let factor = request.extensions().get::<Factor>().unwrap();
            let resultat = request.get_ref().nombre1 * factor.value + request.get_ref().nombre2;
            Ok(Response::new(AdditionResponse { resultat }))
        }
    }
}

async fn check(addr: SocketAddr, has_list: HasList) {
    let mut client = CalculatriceClient::connect(format!("http://{addr}")).await.unwrap();
    let response = client.addition(AdditionRequest { nombre1: 3, nombre2: 4 }).await.unwrap();
    has_list.check("/calcul.Calculatrice/Addition", response.metadata());
    assert_eq!(response.into_inner().resultat, 34);
}

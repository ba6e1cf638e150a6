//! After `authentication`: tonic's own interceptor checks a token, and an alias hides the return type.

use std::net::SocketAddr;

use proto::calcul::calculatrice_client::CalculatriceClient;
use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::metadata::MetadataValue;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};

use crate::{HasList, moved};

moved! {
    {
        type AdditionResult<T> = Result<Response<T>, Status>;

        fn check_auth(req: Request<()>) -> Result<Request<()>, Status> {
            let token: MetadataValue<_> = "Bearer some-secret-token".parse().unwrap();
            match req.metadata().get("authorization") {
                Some(t) if token == t => Ok(req),
                _ => Err(Status::unauthenticated("No valid auth token")),
            }
        }

        #[derive(Default)]
        pub(super) struct Calculator;

        pub(super) async fn serve() -> SocketAddr {
            let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let addr = incoming.local_addr().unwrap();
            let service = CalculatriceServer::with_interceptor(Calculator, check_auth);
            tokio::spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
            addr
        }
    }

    #[tonic::async_trait]
    impl Calculatrice for Calculator {
        async fn addition(&self, request: Request<AdditionRequest>) -> AdditionResult<AdditionResponse> {
            let message = request.into_inner();
            Ok(Response::new(AdditionResponse { resultat: message.nombre1 + message.nombre2 }))
        }
    }
}

async fn check(addr: SocketAddr, has_list: HasList) {
    let mut client = CalculatriceClient::connect(format!("http://{addr}")).await.unwrap();
    let message = AdditionRequest { nombre1: 3, nombre2: 4 };
    let refused = client.addition(message).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::Unauthenticated, "No valid auth token"));

    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", "Bearer some-secret-token".parse().unwrap());
    let response = client.addition(request).await.unwrap();
    has_list.check("/calcul.Calculatrice/Addition", response.metadata());
    assert_eq!(response.into_inner().resultat, 7);
}

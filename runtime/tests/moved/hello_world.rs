//! After `helloworld`: a unary rpc that reads the address of its peer.

use std::net::SocketAddr;

use proto::calcul::calculatrice_client::CalculatriceClient;
use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::{Request, Response, Status};

use crate::support::serve;
use crate::{HasList, moved};

moved! {
    {
        #[derive(Default)]
        pub(super) struct Calculator {}

        pub(super) async fn serve() -> SocketAddr {
            super::serve(CalculatriceServer::new(Calculator::default())).await
        }
    }

    #[tonic::async_trait]
    impl Calculatrice for Calculator {
        async fn addition(
            &self,
            request: Request<AdditionRequest>,
        ) -> Result<Response<AdditionResponse>, Status> {
            println!("a request from {:?}", request.remote_addr());
            let AdditionRequest { nombre1, nombre2 } = request.into_inner();
            let response = AdditionResponse { resultat: nombre1 + nombre2 };
            Ok(Response::new(response))
        }
    }
}

async fn check(addr: SocketAddr, has_list: HasList) {
    let mut client = CalculatriceClient::connect(format!("http://{addr}")).await.unwrap();
    let response = client.addition(AdditionRequest { nombre1: 3, nombre2: 4 }).await.unwrap();
    has_list.check("/calcul.Calculatrice/Addition", response.metadata());
    assert_eq!(response.into_inner().resultat, 7);
}

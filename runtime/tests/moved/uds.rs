//! After `uds`: a service on a Unix socket, which reads who is connected.

use std::path::PathBuf;

use hyper_util::rt::TokioIo;
use proto::calcul::calculatrice_client::CalculatriceClient;
use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tokio::net::{UnixListener, UnixStream};
use tokio_stream::wrappers::UnixListenerStream;
use tonic::transport::server::UdsConnectInfo;
use tonic::transport::{Endpoint, Server};
use tonic::{Request, Response, Status};

use crate::{HasList, moved};

moved! {
    {
        #[derive(Default)]
        pub(super) struct Calculator {}

        pub(super) async fn serve() -> PathBuf {
            let path = super::socket(module_path!());
            let uds_stream = UnixListenerStream::new(UnixListener::bind(&path).unwrap());
            let router = Server::builder().add_service(CalculatriceServer::new(Calculator::default()));
            tokio::spawn(router.serve_with_incoming(uds_stream));
            path
        }
    }

    #[tonic::async_trait]
    impl Calculatrice for Calculator {
        async fn addition(
            &self,
            request: Request<AdditionRequest>,
        ) -> Result<Response<AdditionResponse>, Status> {
            let conn_info = request.extensions().get::<UdsConnectInfo>().unwrap();
            let pid = conn_info.peer_cred.unwrap().pid().unwrap_or_default();
            Ok(Response::new(AdditionResponse { resultat: pid }))
        }
    }
}

/// Returns the path of a socket that does not exist yet.
fn socket(name: &str) -> PathBuf {
    let name = format!("{}-{}", std::process::id(), name.replace("::", "-"));
    let path = std::env::temp_dir().join(name);
    drop(std::fs::remove_file(&path));
    path
}

async fn check(path: PathBuf, has_list: HasList) {
    let socket = path.clone();
    let connector = tower::service_fn(move |_| {
        let socket = socket.clone();
        async move { UnixStream::connect(socket).await.map(TokioIo::new) }
    });
    let channel = Endpoint::from_static("http://localhost").connect_with_connector(connector).await.unwrap();
    let mut client = CalculatriceClient::new(channel);
    let response = client.addition(AdditionRequest::default()).await.unwrap();
    has_list.check("/calcul.Calculatrice/Addition", response.metadata());
    let pid = response.into_inner().resultat;
    assert_eq!(pid, i32::try_from(std::process::id()).unwrap());
    std::fs::remove_file(path).unwrap();
}

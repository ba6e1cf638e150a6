//! After `compression`: the generated server compresses what it sends, and accepts what is compressed.

use std::net::SocketAddr;

use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::codec::CompressionEncoding;
use tonic::{Request, Response, Status};

use crate::support::serve;
use crate::{HasList, moved};

moved! {
    {
        #[derive(Default)]
        pub(super) struct Repeater {}

        pub(super) async fn serve() -> SocketAddr {
            let service = ProbeServer::new(Repeater::default())
                .send_compressed(CompressionEncoding::Gzip)
                .accept_compressed(CompressionEncoding::Gzip);
            super::serve(service).await
        }
    }

    #[tonic::async_trait]
    impl Probe for Repeater {
        async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
            let text = request.into_inner().text.repeat(1_000);
            Ok(Response::new(Pong { text }))
        }

        async fn get_url(&self, _request: Request<Ping>) -> Result<Response<Pong>, Status> {
            Err(Status::unimplemented("no URL"))
        }
    }
}

async fn check(addr: SocketAddr, has_list: HasList) {
    let client = ProbeClient::connect(format!("http://{addr}")).await.unwrap();
    let mut client =
        client.send_compressed(CompressionEncoding::Gzip).accept_compressed(CompressionEncoding::Gzip);
    let response = client.echo(Ping { text: "ab".to_owned() }).await.unwrap();
    has_list.check("/probe.Probe/Echo", response.metadata());
    assert_eq!(response.metadata().get("grpc-encoding").unwrap(), "gzip");
    assert_eq!(response.into_inner().text.len(), 2_000);
}

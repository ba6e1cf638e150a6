//! Details that can not be read do not panic a client with a chain; it reads the others.

use std::net::SocketAddr;
use std::time::Duration;

use proto::hello::greeter_client::GreeterClient;
use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response};
use vestibule::details::{RetryInfo, find};
use vestibule::{Client, Code, Status, client};

use super::shop::ShopError;
use crate::support::{hello, serve};

struct Hostile;

/// Returns a status with details that are no base64, unless the message asks for good ones.
fn hostile(message: &str) -> Status {
    if message == "good" {
        return ShopError::Delayed(Duration::from_secs(1), 'x').into();
    }
    let mut status = Status::aborted("hostile");
    let details = http::HeaderValue::from_str(message).expect("a header value");
    status.metadata_mut().as_mut().insert("grpc-status-details-bin", details);
    status
}

#[tonic::async_trait]
impl Greeter for Hostile {
    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        Err(hostile(&request.into_inner().name))
    }

    async fn lots_of_replies(
        &self,
        request: Request<HelloRequest>,
    ) -> Result<Response<tonic::codegen::BoxStream<HelloResponse>>, Status> {
        let responses = [Ok(HelloResponse::default()), Err(hostile(&request.into_inner().name))];
        Ok(Response::new(Box::pin(tokio_stream::iter(responses))))
    }
}

async fn chained(addr: SocketAddr) -> GreeterClient<Client<Channel>> {
    let channel = Endpoint::from_shared(format!("http://{addr}")).unwrap().connect().await.unwrap();
    GreeterClient::new(client(channel, ()))
}

#[tokio::test]
async fn details_that_are_no_base64_do_not_panic_a_client_of_ours() {
    let addr = serve(GreeterServer::new(Hostile)).await;
    for details in ["!!!", "=", "A", "AAAA====", "AA AA"] {
        let mut client = chained(addr).await;
        let status = client.say_hello(hello(details)).await.unwrap_err();
        assert_eq!((status.code(), status.message(), status.details()), (Code::Aborted, "hostile", &[][..]));
        let mut responses = client.lots_of_replies(hello(details)).await.unwrap().into_inner();
        assert!(responses.message().await.unwrap().is_some());
        let status = responses.message().await.unwrap_err();
        assert_eq!((status.code(), status.details()), (Code::Aborted, &[][..]));
    }
}

#[tokio::test]
async fn a_client_of_ours_reads_good_details() {
    let mut client = chained(serve(GreeterServer::new(Hostile)).await).await;
    let status = client.say_hello(hello("good")).await.unwrap_err();
    assert!(find::<RetryInfo>(&status).is_some());
    let mut responses = client.lots_of_replies(hello("good")).await.unwrap().into_inner();
    assert!(responses.message().await.unwrap().is_some());
    assert!(find::<RetryInfo>(&responses.message().await.unwrap_err()).is_some());
}

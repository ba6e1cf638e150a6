//! A service without a chain, on servers with settings and layers of their own.

use std::time::Duration;

use proto::hello::greeter_client::GreeterClient;
use proto::hello_stubs::greeter_server::Greeter;
use proto::hello_stubs::{HelloRequest, HelloResponse};
use tokio_stream::wrappers::ReceiverStream;
use tonic::codegen::BoxStream;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use super::{all_responses, hello, surely};

/// A limit that is far longer than a call takes that does not hang.
pub(crate) const LIMIT: Duration = Duration::from_millis(300);

/// A service without a chain. It panics or hangs if the message says so, and its streams last four times as long as the
/// limit.
#[derive(Clone)]
pub(crate) struct Plain;

pub(crate) fn reply(text: &str) -> HelloResponse {
    HelloResponse { reply: text.to_owned() }
}

#[tonic::async_trait]
impl Greeter for Plain {
    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        match &*request.get_ref().name {
            "panic" => panic!("the secret"),
            "hang" => std::future::pending().await,
            name => Ok(Response::new(reply(name))),
        }
    }

    async fn lots_of_replies(
        &self,
        _request: Request<HelloRequest>,
    ) -> Result<Response<BoxStream<HelloResponse>>, Status> {
        let (responses, stream) = tokio::sync::mpsc::channel(1);
        tokio::spawn(async move {
            for (wait, text) in [(Duration::ZERO, "first"), (LIMIT * 4, "last")] {
                tokio::time::sleep(wait).await;
                let _ = responses.send(Ok(reply(text))).await;
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }
}

/// Serves it behind a layer, and evaluates to a client.
macro_rules! behind {
    ($layer:expr) => {
        $crate::support::http_layers::served!(tonic::transport::Server::builder().layer($layer))
    };
}

pub(crate) use behind;

/// Serves it by a server with settings of its own, and evaluates to a client.
macro_rules! served {
    ($server:expr) => {{
        use proto::hello_stubs::greeter_server::GreeterServer;
        use tonic::transport::server::TcpIncoming;

        let mut server = $server;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let router = server.add_service(GreeterServer::new($crate::support::http_layers::Plain));
        tokio::spawn(router.serve_with_incoming(TcpIncoming::from(listener)));
        $crate::support::connect_greeter(addr).await
    }};
}

pub(crate) use served;

/// Returns how a call fails.
pub(crate) async fn failure(client: &mut GreeterClient<Channel>, name: &str) -> (Code, String) {
    let status = surely(client.say_hello(hello(name))).await.unwrap_err();
    (status.code(), status.message().to_owned())
}

/// Returns the responses of the stream, and the code that it ends with.
pub(crate) async fn stream(client: &mut GreeterClient<Channel>) -> (Vec<String>, Code) {
    let (responses, end) = surely(all_responses(client.lots_of_replies(hello("")).await)).await;
    (responses, end.map_or_else(|(code, _)| code, |()| Code::Ok))
}

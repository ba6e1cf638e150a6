//! The clients of `Greeter` and `Probe`, their messages, and what came of a call.

use std::net::SocketAddr;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::{HelloRequest, HelloResponse};
use proto::probe::probe_client::ProbeClient;
use proto::probe::{Ping, Pong};
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status, Streaming};

pub(crate) async fn connect_greeter(addr: SocketAddr) -> GreeterClient<Channel> {
    GreeterClient::connect(format!("http://{addr}")).await.expect("the server accepts")
}

pub(crate) fn hello(name: &str) -> HelloRequest {
    HelloRequest { name: name.to_owned() }
}

/// Reads a stream of responses to its end, and returns them with the end.
pub(crate) async fn all_responses(
    stream: Result<Response<Streaming<HelloResponse>>, Status>,
) -> (Vec<String>, Result<(), (Code, String)>) {
    let mut responses = Vec::new();
    let failure = |status: Status| (status.code(), status.message().to_owned());
    let mut stream = match stream {
        Ok(response) => response.into_inner(),
        Err(status) => return (responses, Err(failure(status))),
    };
    loop {
        match stream.message().await {
            Ok(Some(reply)) => responses.push(reply.reply),
            Ok(None) => return (responses, Ok(())),
            Err(status) => return (responses, Err(failure(status))),
        }
    }
}

pub(crate) async fn connect(addr: SocketAddr) -> ProbeClient<Channel> {
    ProbeClient::connect(format!("http://{addr}")).await.expect("the server accepts")
}

/// A request with metadata. The values of `-bin` keys are given in base64.
pub(crate) fn ping(metadata: &[(&'static str, &str)]) -> Request<Ping> {
    let mut request = Request::new(Ping { text: "ping".to_owned() });
    for (key, value) in metadata {
        request.metadata_mut().as_mut().append(*key, value.parse().expect("a header value"));
    }
    request
}

pub(crate) fn pong(text: impl Into<String>) -> Pong {
    Pong { text: text.into() }
}

/// Returns the text of a response, or the code and message of the status.
pub(crate) fn answer(result: Result<Response<Pong>, Status>) -> Result<String, (Code, String)> {
    result.map(|reply| reply.into_inner().text).map_err(|status| (status.code(), status.message().to_owned()))
}

//! A greeter over TCP, and calls with any metadata.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod program;

use std::net::SocketAddr;

use greeter::auth::{TOKEN, Token};
use greeter::client::{Client, channel};
use greeter::serve::{serve, transport};
use greeter::server::MyGreeter;
use greeter::status::describe;
use program::Running;
use proto::hello::greeter_client::GreeterClient;
use proto::hello::{HelloRequest, HelloResponse};
use tokio::net::TcpListener;
use tonic::codegen::http::HeaderValue;
use tonic::transport::Channel;
use tonic::{Request, Response, Status, Streaming};

/// Serves on a free port until `shutdown`, or until the test ends. Returns the address.
pub(crate) async fn started(
    greeter: MyGreeter,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("a bound listener");
    tokio::spawn(serve(transport(None).expect("no TLS"), listener, greeter, shutdown));
    addr
}

/// Starts a greeter with high limits and without a quota.
pub(crate) async fn greeter() -> SocketAddr {
    let greeter = MyGreeter::new(Token::new(TOKEN), 100, 100).without_quota();
    started(greeter, std::future::pending()).await
}

/// Makes a client that sends the token.
pub(crate) fn client(addr: SocketAddr) -> Client {
    GreeterClient::with_interceptor(plain_channel(addr), TOKEN.parse().expect("ASCII"))
}

/// Makes a client that sends only the metadata that a test gives it.
pub(crate) fn stranger(addr: SocketAddr) -> GreeterClient<Channel> {
    GreeterClient::new(plain_channel(addr))
}

fn plain_channel(addr: SocketAddr) -> Channel {
    channel(&addr.to_string(), None).expect("an address")
}

/// Starts a chat in a process of its own, and waits for its first answer. Dropping it kills it.
pub(crate) async fn chatting(addr: SocketAddr) -> Running {
    let start = move || {
        let mut chat = Running::start(&["chat", "--addr", &addr.to_string(), "--token", TOKEN]);
        chat.type_line("你好");
        assert_eq!(chat.line(), "我好");
        chat
    };
    // The chat blocks until it has its answer, which the server gives on this thread.
    tokio::task::spawn_blocking(start).await.expect("no panic")
}

pub(crate) fn hello(name: &str) -> HelloRequest {
    HelloRequest { name: name.to_owned() }
}

pub(crate) fn with_metadata<T>(message: T, metadata: &[(&'static str, &str)]) -> Request<T> {
    let mut request = Request::new(message);
    for (key, value) in metadata {
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header value");
        request.metadata_mut().as_mut().append(*key, value);
    }
    request
}

/// Returns the text of the response, or `CODE: message`.
pub(crate) fn answer(result: Result<Response<HelloResponse>, Status>) -> String {
    result.map_or_else(|status| describe(&status), |reply| reply.into_inner().reply)
}

/// Returns the next text of a stream, `(end)`, or `CODE: message`.
pub(crate) async fn next(replies: &mut Streaming<HelloResponse>) -> String {
    match replies.message().await {
        Ok(Some(message)) => message.reply,
        Ok(None) => "(end)".to_owned(),
        Err(status) => describe(&status),
    }
}

/// Returns all texts of a stream, and `CODE: message` if the stream or the call fails.
pub(crate) async fn answers(result: Result<Response<Streaming<HelloResponse>>, Status>) -> Vec<String> {
    let mut replies = match result {
        Ok(reply) => reply.into_inner(),
        Err(status) => return vec![describe(&status)],
    };
    let mut answers = Vec::new();
    while let Ok(Some(message)) = replies.message().await.map_err(|status| answers.push(describe(&status))) {
        answers.push(message.reply);
    }
    answers
}

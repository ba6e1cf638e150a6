//! What the guide says of settings of tonic's server, and of layers in front of it that do not know gRPC.

mod support;

use std::future::poll_fn;
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{PingPong, SendStream};
use http::StatusCode;
use proto::hello_stubs::greeter_client::GreeterClient;
use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use support::{PATHS, raw, serve_by, surely};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tonic::codegen::BoxStream;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Request, Response};
use tower::limit::ConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tower_layer::Stack;
use vestibule::{Code, Status, layer};
use vestibule_interceptors::{Deadline, InFlight, Recover};

/// Far longer than a call takes that does not hang.
const LIMIT: Duration = Duration::from_millis(300);

/// A service without a chain. It panics or hangs if it is told to, and its streams last four times as long as the limit.
#[derive(Clone)]
struct Plain;

fn reply(text: &str) -> HelloResponse {
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
        let (replies, stream) = tokio::sync::mpsc::channel(1);
        tokio::spawn(async move {
            for (wait, text) in [(Duration::ZERO, "first"), (LIMIT * 4, "last")] {
                tokio::time::sleep(wait).await;
                let _ = replies.send(Ok(reply(text))).await;
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }
}

fn hello(name: &str) -> HelloRequest {
    HelloRequest { name: name.to_owned() }
}

/// A client of that service, on a server with this layer in front.
macro_rules! behind {
    ($layer:expr) => {
        served!(Server::builder().layer($layer))
    };
}

/// A client of that service, on this server.
macro_rules! served {
    ($server:expr) => {{
        let mut server = $server;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let router = server.add_service(GreeterServer::new(Plain));
        tokio::spawn(router.serve_with_incoming(TcpIncoming::from(listener)));
        GreeterClient::connect(format!("http://{addr}")).await.unwrap()
    }};
}

/// How a call has failed.
async fn failure(client: &mut GreeterClient<Channel>, name: &str) -> (Code, String) {
    let status = surely(client.say_hello(hello(name))).await.unwrap_err();
    (status.code(), status.message().to_owned())
}

/// The replies of the stream, and the code that it ends with.
async fn stream(client: &mut GreeterClient<Channel>) -> (Vec<String>, Code) {
    let mut stream = match client.lots_of_replies(hello("")).await {
        Ok(response) => response.into_inner(),
        Err(status) => return (Vec::new(), status.code()),
    };
    let mut replies = Vec::new();
    loop {
        match surely(stream.message()).await {
            Ok(Some(reply)) => replies.push(reply.reply),
            Ok(None) => return (replies, Code::Ok),
            Err(status) => return (replies, status.code()),
        }
    }
}

#[tokio::test]
async fn a_panic_that_a_layer_for_http_has_caught_is_no_answer_to_grpc() {
    let (code, message) = failure(&mut behind!(CatchPanicLayer::new()), "panic").await;
    assert_eq!(code, Code::Internal);
    // The first letter of the text that it answers with, read as the first byte of a message.
    assert!(message.contains("invalid compression flag: 83"), "{message}");
    // In its place; and beneath it, there is nothing left to catch.
    let expected = (Code::Internal, "internal error".to_owned());
    assert_eq!(failure(&mut behind!(layer((Recover::new(),))), "panic").await, expected);
    let both = Stack::new(layer((Recover::new(),)), CatchPanicLayer::new());
    assert_eq!(failure(&mut behind!(both), "panic").await, expected);
}

#[tokio::test]
async fn a_timeout_of_a_layer_for_http_has_another_code_and_spares_streams() {
    let whole = (vec!["first".to_owned(), "last".to_owned()], Code::Ok);
    for (status, code) in
        [(StatusCode::REQUEST_TIMEOUT, Code::Unknown), (StatusCode::GATEWAY_TIMEOUT, Code::Unavailable)]
    {
        let mut client = behind!(TimeoutLayer::with_status_code(status, LIMIT));
        assert_eq!(failure(&mut client, "hang").await.0, code);
        assert_eq!(stream(&mut client).await, whole);
    }
    let mut client = behind!(tower::timeout::TimeoutLayer::new(LIMIT));
    let (code, message) = failure(&mut client, "hang").await;
    assert_eq!(code, Code::Internal, "{message}");
    assert!(message.contains("h2 protocol error"), "the stream is reset: {message}");
    assert_eq!(stream(&mut client).await, whole);

    let mut client = behind!(layer((Deadline::at_most(LIMIT),)));
    assert_eq!(failure(&mut client, "hang").await.0, Code::DeadlineExceeded);
    assert_eq!(stream(&mut client).await, (vec!["first".to_owned()], Code::DeadlineExceeded));
}

#[tokio::test]
async fn a_limit_of_a_layer_for_http_does_not_count_streams_that_have_begun() {
    let clients = [
        behind!(ConcurrencyLimitLayer::new(1)),
        served!(Server::builder().concurrency_limit_per_connection(1)),
    ];
    for mut client in clients {
        let _begun = client.lots_of_replies(hello("")).await.unwrap();
        client.say_hello(hello("a")).await.unwrap();
    }
    let mut client = behind!(layer((InFlight::new(1),)));
    let _begun = client.lots_of_replies(hello("")).await.unwrap();
    assert_eq!(failure(&mut client, "a").await.0, Code::Unavailable);
}

#[tokio::test]
async fn calls_above_the_limit_of_a_layer_for_http_wait() {
    let mut request = Request::new(hello("a"));
    request.set_timeout(LIMIT);
    let status = behind!(ConcurrencyLimitLayer::new(0)).say_hello(request).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Cancelled, "Timeout expired"));
    assert_eq!(failure(&mut behind!(layer((InFlight::new(0),))), "a").await.0, Code::Unavailable);
}

/// A connection to a server with these settings, as its client sees it.
struct Connection {
    client: SendRequest<Bytes>,
    ping: PingPong,
    task: JoinHandle<Result<(), h2::Error>>,
}

impl Connection {
    async fn new(server: Server) -> Self {
        let addr = serve_by(server, GreeterServer::new(Plain)).await;
        let stream = TcpStream::connect(addr).await.unwrap();
        // Of its own, it would not send more than 400 KiB at a time.
        let handshake = h2::client::Builder::new().max_send_buffer_size(1 << 24).handshake(stream);
        let (client, mut connection) = handshake.await.unwrap();
        let ping = connection.ping_pong().expect("it is the first time");
        Self { client, ping, task: tokio::spawn(connection) }
    }

    async fn begin_call(self) -> SendStream<Bytes> {
        let request = raw::request(&format!("http://localhost{}", PATHS[0])).body(()).unwrap();
        let mut client = surely(self.client.ready()).await.expect("nobody has said good-bye");
        client.send_request(request, false).unwrap().1
    }
}

/// How many bytes a client may send before anybody reads them.
async fn window(server: Server) -> usize {
    let mut connection = Connection::new(server).await;
    // The server's settings have arrived by then.
    surely(connection.ping.ping(h2::Ping::opaque())).await.unwrap();
    let mut body = connection.begin_call().await;
    body.reserve_capacity(1 << 24);
    surely(poll_fn(|cx| body.poll_capacity(cx))).await.expect("the stream is open").unwrap()
}

#[tokio::test]
async fn an_adaptive_window_begins_small_whatever_size_stands_beside_it() {
    let sized =
        || Server::builder().initial_connection_window_size(4 << 20).initial_stream_window_size(4 << 20);
    assert_eq!(window(Server::builder()).await, 1 << 20);
    assert_eq!(window(sized()).await, 4 << 20);
    assert_eq!(window(Server::builder().http2_adaptive_window(Some(true))).await, 65_535);
    assert_eq!(window(sized().http2_adaptive_window(Some(true))).await, 65_535);
}

#[tokio::test]
async fn a_grace_ends_calls_in_flight_and_the_age_alone_does_not() {
    let aged = || Server::builder().max_connection_age(LIMIT);
    let (replies, code) = stream(&mut served!(aged().max_connection_age_grace(LIMIT))).await;
    assert_eq!((replies.len(), code == Code::Ok), (1, false));
    assert_eq!(stream(&mut served!(aged())).await, (vec!["first".to_owned(), "last".to_owned()], Code::Ok));
}

/// Should it fail, tonic has mended it: the guide can let the warning go.
#[tokio::test]
async fn the_age_of_a_connection_is_not_announced_where_there_is_a_grace() {
    let aged = || Server::builder().max_connection_age(LIMIT);
    let graced = Connection::new(aged().max_connection_age_grace(Duration::from_secs(3600))).await;
    let younger = Connection::new(aged()).await;
    surely(younger.task).await.unwrap().expect("the server says good-bye");
    // The other one has its age as well. Its client has not been told, and begins another call.
    graced.begin_call().await;
}

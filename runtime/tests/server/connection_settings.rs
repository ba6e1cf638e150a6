//! Windows and ages of connections do what the guide says of them.

use std::future::poll_fn;
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{PingPong, SendStream};
use proto::hello_stubs::greeter_server::GreeterServer;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tonic::transport::Server;
use vestibule::Code;

use crate::support::http_layers::{LIMIT, Plain, served, stream};
use crate::support::{PATHS, raw, serve_by, surely};

/// The client's side of a connection to a server.
struct Connection {
    client: SendRequest<Bytes>,
    ping: PingPong,
    task: JoinHandle<Result<(), h2::Error>>,
}

impl Connection {
    async fn new(server: Server) -> Self {
        let addr = serve_by(server, GreeterServer::new(Plain)).await;
        let stream = TcpStream::connect(addr).await.unwrap();
        // By default, h2 sends at most 400 KiB at a time.
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

/// Returns the number of bytes that a client may send before the server reads any.
async fn window(server: Server) -> usize {
    let mut connection = Connection::new(server).await;
    // The server's settings have arrived before its answer to this ping.
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
    let (responses, code) = stream(&mut served!(aged().max_connection_age_grace(LIMIT))).await;
    assert_eq!((responses.len(), code == Code::Ok), (1, false));
    assert_eq!(stream(&mut served!(aged())).await, (vec!["first".to_owned(), "last".to_owned()], Code::Ok));
}

/// If this test fails, tonic has fixed the bug, and the guide needs no warning any more.
#[tokio::test]
async fn the_age_of_a_connection_is_not_announced_where_there_is_a_grace() {
    let aged = || Server::builder().max_connection_age(LIMIT);
    let graced = Connection::new(aged().max_connection_age_grace(Duration::from_secs(3600))).await;
    let younger = Connection::new(aged()).await;
    surely(younger.task).await.unwrap().expect("the server says good-bye");
    // The other connection has reached its age as well. Its client was not told, and can start another call.
    graced.begin_call().await;
}

//! A call whose client sends parts of messages, resets its stream or loses its connection.

use std::net::SocketAddr;

use bytes::Bytes;
use prost::Message;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::raw::{frame, request};
use super::surely;

/// A call whose request is not complete.
pub(crate) struct Upload {
    pub(crate) connection: JoinHandle<Result<(), h2::Error>>,
    pub(crate) response: h2::client::ResponseFuture,
    pub(crate) body: h2::SendStream<Bytes>,
    ping: h2::PingPong,
}

/// Calls `path`, sends some messages, and leaves the request open.
pub(crate) async fn upload(addr: SocketAddr, path: &str, messages: &[impl Message]) -> Upload {
    let stream = TcpStream::connect(addr).await.expect("the server accepts");
    let (mut client, mut connection) = h2::client::handshake(stream).await.expect("it speaks HTTP/2");
    let ping = connection.ping_pong().expect("it is the first time");
    let connection = tokio::spawn(connection);
    let request = request(&format!("http://{addr}{path}")).body(()).unwrap();
    let (response, mut body) = client.send_request(request, false).expect("the connection is open");
    for message in messages {
        body.send_data(frame(message), false).expect("the stream is open");
    }
    Upload { connection, response, body, ping }
}

impl Upload {
    /// Sends half of a message, and returns once the server has it: a reset would overtake it.
    pub(crate) async fn send_half(&mut self, message: &impl Message) {
        let frame = frame(message);
        self.body.send_data(frame.slice(..frame.len() / 2), false).expect("the stream is open");
        surely(self.ping.ping(h2::Ping::opaque())).await.expect("the server answers");
    }
}

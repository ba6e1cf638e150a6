//! Requests and responses as they are on the wire, without tonic's client.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::net::TcpStream;
use tonic::body::Body;

use super::surely;

pub(crate) struct Reply {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: HeaderMap,
}

impl Reply {
    /// Returns the value of a key, from the headers or else from the trailers.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.headers
            .get(key)
            .or_else(|| self.trailers.get(key))
            .map(|value| value.to_str().expect("it is ASCII"))
    }

    /// Returns true if a client could find `text` in it, also behind the escapes of headers.
    pub(crate) fn contains(&self, text: &str) -> bool {
        let is_in = |bytes: &[u8]| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        let headers = self.headers.iter().chain(&self.trailers);
        is_in(&self.body)
            || headers.into_iter().any(|(key, value)| {
                let plain = percent_encoding::percent_decode(value.as_bytes()).collect::<Vec<_>>();
                let decoded = STANDARD_NO_PAD.decode(value.as_bytes()).unwrap_or_default();
                is_in(key.as_str().as_bytes()) || is_in(value.as_bytes()) || is_in(&plain) || is_in(&decoded)
            })
    }

    /// Returns the size of the larger one of its header blocks, as HTTP/2 counts it.
    pub(crate) fn header_list_size(&self) -> usize {
        let size = |headers: &HeaderMap| -> usize {
            headers.iter().map(|(key, value)| key.as_str().len() + value.len() + 32).sum()
        };
        // HTTP/2 counts `:status` as well.
        (size(&self.headers) + ":status200".len() + 32).max(size(&self.trailers))
    }
}

/// Encodes a message with the prefix of gRPC.
pub(crate) fn frame(message: &impl Message) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.encoded_len()).unwrap());
    message.encode(&mut frame).unwrap();
    frame.freeze()
}

/// Begins a request as gRPC clients send it.
pub(crate) fn request(path: &str) -> http::request::Builder {
    Request::post(path).header("content-type", "application/grpc").header("te", "trailers")
}

/// Sends a request, and returns the response once its headers have come. This client has no timer of its own.
pub(crate) async fn send(addr: SocketAddr, request: Request<Body>) -> http::Response<Body> {
    let stream = TcpStream::connect(addr).await.expect("the server accepts");
    stream.set_nodelay(true).expect("it is TCP");
    let mut builder = http2::Builder::new(TokioExecutor::new());
    // The tests of large statuses look at the size themselves.
    builder.max_header_list_size(1 << 24);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.expect("it speaks HTTP/2");
    tokio::spawn(connection);
    let (mut head, body) = request.into_parts();
    head.uri = format!("http://{addr}{}", head.uri).parse().expect("a path");
    let response = surely(sender.send_request(Request::from_parts(head, body)));
    let response = response.await.expect("there is a reply");
    response.map(Body::new)
}

/// Sends a request, and reads the response to its end.
pub(crate) async fn reply(addr: SocketAddr, request: Request<Body>) -> Reply {
    let (head, body) = send(addr, request).await.into_parts();
    let body = surely(body.collect()).await.expect("the reply is whole");
    let trailers = body.trailers().cloned().unwrap_or_default();
    Reply { headers: head.headers, body: body.to_bytes(), trailers }
}

/// Calls `path` with one message.
pub(crate) async fn call(addr: SocketAddr, path: &str, message: &impl Message) -> Reply {
    reply(addr, request(path).body(Body::new(Full::new(frame(message)))).unwrap()).await
}

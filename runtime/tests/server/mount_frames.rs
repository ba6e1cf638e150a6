//! A mount decodes a message from its frame, if it can. However a body is split, the answer is that of tonic's own server.

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use http_body_util::BodyExt;
use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use tonic::body::Body;
use tower_service::Service;
use vestibule::{Mount, Status, interceptor};

use super::mount_service::body;
use crate::support::{PATHS, hello, raw};

/// Responds with the name of the request.
#[derive(Clone)]
struct Echo;

#[interceptor]
#[rpc(default_stubs)]
impl Greeter for Echo {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(Ok(HelloResponse { reply: request.name })))
    }
}

type Frames = Vec<Result<Frame<Bytes>, Status>>;

/// Makes a body of two messages, of both in one piece, and of a broken one.
type Split = fn(&[u8], &[u8], &[u8], &[u8]) -> Frames;

/// Returns all that a client gets from a service: the headers, the data and the trailers.
async fn answer<S>(mut service: S, path: &str, frames: Frames) -> String
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = std::convert::Infallible>,
{
    let request = raw::request(path).body(body(frames)).unwrap();
    let (head, body) = service.call(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned();
    format!("{:?} {:?} {trailers:?}", head.headers, body.to_bytes())
}

/// Returns frames of data.
fn data(parts: &[&[u8]]) -> Frames {
    parts.iter().map(|part| Ok(Frame::data(Bytes::copy_from_slice(part)))).collect()
}

/// Returns frames of data, and then one more frame.
fn ends(parts: &[&[u8]], last: Result<Frame<Bytes>, Status>) -> Frames {
    data(parts).into_iter().chain([last]).collect()
}

fn trailers() -> Result<Frame<Bytes>, Status> {
    Ok(Frame::trailers(HeaderMap::from_iter([("x-end".parse().unwrap(), "1".parse().unwrap())])))
}

#[tokio::test]
async fn however_a_body_is_split_the_answer_is_tonics() {
    let one: &[u8] = &raw::frame(&hello("a"));
    let other: &[u8] = &raw::frame(&hello("b"));
    let both: &[u8] = &[one, other].concat();
    let broken: &[u8] = &[2, 0, 0, 0, 0];
    let cases: [Split; 24] = [
        |one, _, _, _| data(&[one]),
        |one, _, _, _| data(&[one, b""]),
        |one, _, _, _| data(&[b"", one]),
        |one, _, _, _| data(&[&one[..2], &one[2..]]),
        |one, _, _, _| data(&[&one[..5], &one[5..]]),
        |one, _, _, _| data(&[&one[..6], b"", &one[6..]]),
        |one, _, _, _| data(&[&one[..6]]),
        |_, _, both, _| data(&[both]),
        |one, other, _, _| data(&[one, other]),
        |one, other, _, _| data(&[one, b"", &other[..3], &other[3..]]),
        |one, other, _, _| data(&[one, &other[..3]]),
        |one, _, _, broken| data(&[one, broken]),
        |_, _, _, broken| data(&[broken]),
        |_, _, _, _| data(&[]),
        |_, _, _, _| data(&[b""]),
        |_, _, _, _| data(&[&[0, 0, 0, 0, 1, 7]]),
        |_, _, _, _| data(&[&[0, 0, 0, 0, 0]]),
        |one, _, _, _| ends(&[one], trailers()),
        |_, _, _, _| ends(&[], trailers()),
        |one, _, _, _| ends(&[&one[..6]], trailers()),
        |one, _, _, _| ends(&[one], Err(Status::resource_exhausted("too long"))),
        |_, _, _, _| ends(&[], Err(Status::resource_exhausted("too long"))),
        |one, _, _, _| ends(&[one], Err(Status::cancelled("gone"))),
        |_, _, _, _| ends(&[], Err(Status::cancelled("gone"))),
    ];
    for path in &PATHS[..2] {
        for (index, frames) in cases.iter().enumerate() {
            let frames = || frames(one, other, both, broken);
            let tonics = answer(GreeterServer::new(Echo), path, frames()).await;
            let mounts = answer(Mount::new(Echo), path, frames()).await;
            assert_eq!(mounts, tonics, "{path}, case {index}: {:?}", frames());
        }
    }
}

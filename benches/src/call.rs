//! Calls in the same process: nothing has to be waited for, and nothing is, but for what is measured.

use std::convert::Infallible;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use prost::Message;
use proto::probe::{Ping, Pong};
use tonic::body::Body;
use tonic::{Request, Response, Status};
use tower_service::Service;

use crate::case::Once;

/// What a future comes to that waits for nobody else: it may ask to be polled again.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

/// A message in its frame.
pub(crate) fn frame(message: &impl Message) -> Bytes {
    let mut frame = vec![0];
    let len = u32::try_from(message.encoded_len()).expect("it is small");
    frame.extend(len.to_be_bytes());
    frame.extend(message.encode_to_vec());
    frame.into()
}

/// A request with what a client sends, and what a server's transport leaves with it.
pub(crate) fn request(path: &'static str, body: Body) -> http::Request<Body> {
    http::Request::post(path)
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("user-agent", "grpc-go/1.80.0")
        .header("authorization", "Bearer s3cret")
        .header("request-id", "7f3c")
        .extension(())
        .body(body)
        .expect("it is a request")
}

/// One call after another, from the `http::Request` to the trailers of the reply.
pub(crate) fn served<S, B>(mut service: S) -> Once
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error = Infallible> + 'static,
    B: BodyExt,
    B::Error: std::fmt::Debug,
{
    let message = frame(&ping());
    Box::new(move || {
        let request = request("/probe.Probe/Echo", Body::new(Full::new(message.clone())));
        let response = now(service.call(request)).expect("it can't fail");
        let reply = now(response.into_body().collect()).expect("it is whole");
        assert!(reply.trailers().is_some_and(|trailers| trailers["grpc-status"] == "0"), "it went well");
    })
}

/// The request alone: what all of the above have in common.
pub(crate) fn request_alone() -> Once {
    let message = frame(&ping());
    Box::new(move || {
        black_box(request("/probe.Probe/Echo", Body::new(Full::new(message.clone()))));
    })
}

/// One call of a method after another, from the decoded request to the reply.
pub(crate) fn handled<F, R>(method: F) -> Once
where
    F: Fn(Request<Ping>) -> R + 'static,
    R: Future<Output = Result<Response<Pong>, Status>>,
{
    let metadata = tonic::metadata::MetadataMap::from_headers(
        request("/probe.Probe/Echo", Body::empty()).into_parts().0.headers,
    );
    Box::new(move || {
        let request = Request::from_parts(metadata.clone(), tonic::Extensions::default(), ping());
        black_box(now(method(request)).expect("it goes well"));
    })
}

pub(crate) fn ping() -> Ping {
    Ping { text: "ping".to_owned() }
}

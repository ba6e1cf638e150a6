//! Calls in the same process. No call waits for anything, so that only what is measured takes time.

use std::convert::Infallible;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use prost::Message;
use proto::probe::{Ping, Pong};
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};
use tower_service::Service;

use crate::case::Routine;

/// Polls a future to its end. The future may ask to be polled again, but nothing else wakes it.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

/// Returns a message with the prefix of five bytes that gRPC puts in front of it.
pub(crate) fn frame(message: &impl Message) -> Bytes {
    let mut frame = vec![0];
    let len = u32::try_from(message.encoded_len()).expect("the message is small");
    frame.extend(len.to_be_bytes());
    frame.extend(message.encode_to_vec());
    frame.into()
}

/// Makes a request with the headers that a client sends and an extension, such as a transport of a server adds.
pub(crate) fn request(path: &'static str, body: Body) -> http::Request<Body> {
    http::Request::post(path)
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("user-agent", "grpc-go/1.80.0")
        .header("authorization", "Bearer s3cret")
        .header("request-id", "7f3c")
        .extension(())
        .body(body)
        .expect("the parts are valid")
}

/// Calls a service, from the `http::Request` to the trailers of the response.
pub(crate) fn call_service<S, B>(mut service: S) -> Routine
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error = Infallible> + 'static,
    B: BodyExt,
    B::Error: std::fmt::Debug,
{
    let message = frame(&ping());
    Box::new(move || {
        let request = request("/probe.Probe/Echo", Body::new(Full::new(message.clone())));
        let response = block_on(service.call(request)).expect("a service of tonic does not fail");
        let body = block_on(response.into_body().collect()).expect("the body is complete");
        assert!(body.trailers().is_some_and(|trailers| trailers["grpc-status"] == "0"), "the call succeeds");
    })
}

/// Only makes the request: the part that all calls of services share.
pub(crate) fn make_request() -> Routine {
    let message = frame(&ping());
    Box::new(move || {
        black_box(request("/probe.Probe/Echo", Body::new(Full::new(message.clone()))));
    })
}

/// Calls a method of a service, from the decoded request to the response.
pub(crate) fn call_method<F, R>(method: F) -> Routine
where
    F: Fn(Request<Ping>) -> R + 'static,
    R: Future<Output = Result<Response<Pong>, Status>>,
{
    let headers = request("/probe.Probe/Echo", Body::empty()).into_parts().0.headers;
    call_method_with(MetadataMap::from_headers(headers), method)
}

/// Calls a method with this metadata.
pub(crate) fn call_method_with<F, R>(metadata: MetadataMap, method: F) -> Routine
where
    F: Fn(Request<Ping>) -> R + 'static,
    R: Future<Output = Result<Response<Pong>, Status>>,
{
    Box::new(move || {
        let request = Request::from_parts(metadata.clone(), tonic::Extensions::default(), ping());
        black_box(block_on(method(request)).expect("the call succeeds"));
    })
}

pub(crate) fn ping() -> Ping {
    Ping { text: "ping".to_owned() }
}

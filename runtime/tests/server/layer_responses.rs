//! Whatever a service responds, the layer in front of it sends a status to the client.

use std::convert::Infallible;

use http_body_util::{BodyExt, Full, StreamBody};
use tokio_stream::StreamExt;
use tonic::body::Body;
use tower_layer::Layer;
use tower_service::Service;
use vestibule::server::LayerMethod;
use vestibule::{Code, Status, layer};

use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{PATHS, hello, raw};

/// Returns a service that responds to each request like this.
fn answering(
    answer: impl Fn() -> http::Response<Body> + Clone,
) -> impl Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible, Future: Send> + Clone
{
    tower::service_fn(move |_: http::Request<Body>| std::future::ready(Ok::<_, Infallible>(answer())))
}

/// Calls a service behind a layer with these interceptors, and returns the status that a client gets.
async fn status_of<C, S>(chain: C, service: S) -> Status
where
    C: vestibule::proxy::Interceptors<LayerMethod>,
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    let mut service = layer(chain).layer(service);
    let request = raw::request(PATHS[0]).body(Body::empty()).unwrap();
    let (head, body) = service.call(request).await.unwrap().into_parts();
    // tonic's own response for a status alone has no version of HTTP/2.
    assert!(head.headers.contains_key("grpc-status") || head.version == http::Version::HTTP_2);
    let body = body.collect().await.unwrap();
    Status::from_header_map(body.trailers().unwrap_or(&head.headers)).unwrap()
}

#[tokio::test]
async fn a_response_that_ends_in_the_midst_of_a_message_is_a_failure() {
    let whole = raw::frame(&hello("abc"));
    for len in [1, 4, 5, whole.len() - 1, whole.len()] {
        let piece = whole.slice(..len);
        let ends_well = move || {
            let frames = [
                http_body::Frame::data(piece.clone()),
                http_body::Frame::trailers(
                    [(http::HeaderName::from_static("grpc-status"), "0".parse().unwrap())]
                        .into_iter()
                        .collect(),
                ),
            ];
            http::Response::new(Body::new(StreamBody::new(tokio_stream::iter(frames.map(Ok::<_, Status>)))))
        };
        let is_whole = len == whole.len();
        let code = status_of((), answering(ends_well)).await.code();
        assert_eq!((len, code), (len, if is_whole { Code::Ok } else { Code::Internal }));
    }
}

#[tokio::test]
async fn nothing_is_awaited_after_trailers() {
    let never_over = || {
        let trailers = [(http::HeaderName::from_static("grpc-status"), "5".parse().unwrap())];
        let last =
            tokio_stream::once(Ok::<_, Status>(http_body::Frame::trailers(trailers.into_iter().collect())));
        http::Response::new(Body::new(StreamBody::new(last.chain(tokio_stream::pending()))))
    };
    assert_eq!(status_of((), answering(never_over)).await.code(), Code::NotFound);
}

#[tokio::test]
async fn a_failure_of_http_may_have_its_status_in_the_trailers() {
    for (status, code) in [(Some("5"), Code::NotFound), (None, Code::Unavailable)] {
        let refusal = move || {
            let trailers =
                status.map(|status| (http::HeaderName::from_static("grpc-status"), status.parse().unwrap()));
            let last = http_body::Frame::trailers(trailers.into_iter().collect());
            let body = Body::new(StreamBody::new(tokio_stream::once(Ok::<_, Status>(last))));
            http::Response::builder().status(503).body(body).unwrap()
        };
        assert_eq!(status_of((), answering(refusal)).await.code(), code);
    }
}

#[tokio::test]
async fn a_response_that_is_cut_announces_no_length() {
    let tracer = Tracer::new(Plan { fails: "A.w", ..Plan::default() });
    let announced = || {
        let body = raw::frame(&hello("a"));
        let response = http::Response::builder().header("content-length", body.len());
        response.body(Body::new(Full::new(body))).unwrap()
    };
    let mut service = layer((Traced("A", tracer),)).layer(answering(announced));
    let request = raw::request(PATHS[0]).body(Body::empty()).unwrap();
    let response = service.call(request).await.unwrap();
    assert!(response.headers().get("content-length").is_none());
}

#[tokio::test]
async fn a_status_that_is_too_large_is_cut_here_as_well() {
    let too_large = || Status::aborted("x".repeat(100_000)).into_http();
    assert!(status_of((), answering(too_large)).await.message().len() < 10_000);
}

#[tokio::test]
async fn metadata_of_a_failure_under_keys_of_http_is_dropped() {
    let reserved = || {
        let mut response: http::Response<Body> = Status::aborted("").into_http();
        for key in ["connection", "grpc-encoding", "content-length", "x-mine"] {
            response.headers_mut().insert(key, "1".parse().unwrap());
        }
        response
    };
    let metadata = status_of((), answering(reserved)).await.metadata().clone().into_headers();
    let mut keys: Vec<_> = metadata.keys().map(http::HeaderName::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["content-type", "x-mine"]);
}

#[tokio::test]
async fn a_response_without_a_status_is_none() {
    for (http, code) in [
        (200, Code::Unknown),
        (400, Code::Internal),
        (401, Code::Unauthenticated),
        (403, Code::PermissionDenied),
        (404, Code::Unimplemented),
        (418, Code::Unknown),
        (429, Code::Unavailable),
        (502, Code::Unavailable),
        (503, Code::Unavailable),
        (504, Code::Unavailable),
    ] {
        let inner = tower::service_fn(move |_: http::Request<Body>| async move {
            let mut response = http::Response::new(Body::new(Full::new(raw::frame(&hello("a")))));
            *response.status_mut() = http::StatusCode::from_u16(http).unwrap();
            Ok::<_, Infallible>(response)
        });
        let tracer = Tracer::default();
        let mut service = layer((Traced("A", tracer.clone()),)).layer(inner);
        let request = raw::request(PATHS[0]).body(Body::empty()).unwrap();
        let (head, body) = service.call(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap();
        let status = Status::from_header_map(body.trailers().unwrap_or(&head.headers)).unwrap();
        assert_eq!((http, status.code()), (http, code));
        assert!(tracer.take().ends_with(&format!("A.f({code:?})")));
    }
}

//! A layer around services of any kind, which are called without a server.

mod support;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, StreamBody};
use support::tracer::{Plan, Traced, Tracer};
use support::{PATHS, hello, raw};
use tokio_stream::StreamExt;
use tonic::body::Body;
use tower_layer::Layer;
use tower_service::Service;
use vestibule::server::LayerMethod;
use vestibule::{Code, Status, layer};
use vestibule_interceptors::Deadline;

/// Answers with this, whatever is asked.
fn answering(
    answer: impl Fn() -> http::Response<Body> + Clone,
) -> impl Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible, Future: Send> + Clone
{
    tower::service_fn(move |_: http::Request<Body>| std::future::ready(Ok::<_, Infallible>(answer())))
}

/// What a client gets of a service behind a layer with these interceptors.
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
    // A status alone is tonic's own response, of which it does not say so.
    assert!(head.headers.contains_key("grpc-status") || head.version == http::Version::HTTP_2);
    let body = body.collect().await.unwrap();
    Status::from_header_map(body.trailers().unwrap_or(&head.headers)).unwrap()
}

#[tokio::test]
async fn a_reply_that_ends_in_the_midst_of_a_message_is_a_failure() {
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
async fn a_reply_that_is_cut_announces_no_length() {
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

/// A service that reads what the client sends, makes nothing of errors, and never answers.
#[tokio::test]
async fn a_rejection_ends_a_call_whose_service_takes_no_notice() {
    let (told, mut reader) = tokio::sync::mpsc::unbounded_channel();
    let ignoring = tower::service_fn(move |request: http::Request<Body>| {
        let told = told.clone();
        async move {
            tokio::spawn(async move {
                let end = request.into_body().collect().await.map(drop);
                told.send(end.map_err(|status| status.code())).unwrap();
            });
            let forever = StreamBody::new(tokio_stream::pending::<Result<http_body::Frame<Bytes>, Status>>());
            Ok::<_, Infallible>(http::Response::new(Body::new(forever)))
        }
    });
    let tracer = Tracer::new(Plan { fails: "A.r", after: 1, ..Plan::default() });
    let mut service = layer((Traced("A", tracer.clone()),)).layer(ignoring);
    let (pieces, body) = tokio::sync::mpsc::unbounded_channel();
    let body = tokio_stream::wrappers::UnboundedReceiverStream::new(body);
    let body = Body::new(StreamBody::new(body.map(|piece| Ok::<_, Status>(http_body::Frame::data(piece)))));
    pieces.send(raw::frame(&hello("a"))).unwrap();
    let response = service.call(raw::request(PATHS[3]).body(body).unwrap()).await.unwrap();
    let reply = tokio::spawn(response.into_body().collect());
    pieces.send(raw::frame(&hello("b"))).unwrap();
    let status = Status::from_header_map(reply.await.unwrap().unwrap().trailers().unwrap()).unwrap();
    assert_eq!((status.code(), status.message()), (Code::Aborted, "A.r"));
    assert_eq!(reader.recv().await.unwrap(), Err(Code::Aborted), "and its reader learns of it");
}

/// The same, with a reader that only waits.
#[tokio::test]
async fn a_body_that_a_task_has_kept_ends_with_the_call() {
    let (kept, mut bodies) = tokio::sync::mpsc::unbounded_channel();
    let keeping = tower::service_fn(move |request: http::Request<Body>| {
        kept.send(request.into_body()).unwrap();
        std::future::ready(Ok::<http::Response<Body>, Infallible>(Status::not_found("").into_http()))
    });
    let mut service = layer(()).layer(keeping);
    let silent = StreamBody::new(tokio_stream::pending::<Result<http_body::Frame<Bytes>, Status>>());
    let request = raw::request(PATHS[3]).body(Body::new(silent)).unwrap();
    service.call(request).await.unwrap();
    // ABORTED, for tonic takes CANCELLED for a good end.
    let end = bodies.recv().await.unwrap().collect().await.unwrap_err();
    assert_eq!((end.code(), end.message()), (Code::Aborted, "the call has ended"));
}

#[tokio::test]
async fn a_limit_is_told_to_those_further_in() {
    let limit = std::time::Duration::from_secs(2);
    let timeout = Arc::new(Mutex::new(Vec::new()));
    let noting = {
        let timeout = Arc::clone(&timeout);
        tower::service_fn(move |request: http::Request<Body>| {
            let value = request.headers().get("grpc-timeout").map(|value| value.to_str().unwrap().to_owned());
            timeout.lock().unwrap().push(value);
            std::future::ready(Ok::<http::Response<Body>, Infallible>(Status::not_found("").into_http()))
        })
    };
    let mut service = layer((Deadline::at_most(limit),)).layer(noting.clone());
    for given in [None, Some("60S"), Some("1m")] {
        let mut request = raw::request(PATHS[0]);
        if let Some(given) = given {
            request = request.header("grpc-timeout", given);
        }
        service.call(request.body(Body::empty()).unwrap()).await.unwrap();
    }
    let mut untouched = layer(()).layer(noting);
    let request = raw::request(PATHS[0]).header("grpc-timeout", "60S").body(Body::empty()).unwrap();
    untouched.call(request).await.unwrap();
    let told = std::mem::take(&mut *timeout.lock().unwrap());
    let micros =
        |told: &Option<String>| told.as_ref().unwrap().strip_suffix('u').unwrap().parse::<u64>().unwrap();
    assert!(told[..2].iter().all(|told| (1_000_000..2_000_000).contains(&micros(told))), "{told:?}");
    assert!(told[2].as_ref().is_some_and(|told| told.ends_with('n')), "{told:?}");
    assert_eq!(told[3].as_deref(), Some("60S"), "nobody has set a limit");
}

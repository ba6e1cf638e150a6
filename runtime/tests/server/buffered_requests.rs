//! While a start waits, a call takes in what arrives, in its order and within a limit.

use std::convert::Infallible;
use std::iter::repeat_n;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

use bytes::Bytes;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use proto::hello::greeter_server::GreeterServer;
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Mount, Status, layer};

use super::gate::{At, Gate, KIB, Limit, MIB, MOUNT_AND_LAYER, Sizes, WAITS, name};
use crate::support::{PATHS, raw, surely};

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

/// Calls the service without a server, with a body that the test controls.
fn call(at: At, service: &Sizes, path: &str, headers: &[(&'static str, &str)], body: Body) -> Answer {
    let mut request = raw::request(path);
    for (key, value) in headers {
        request = request.header(*key, *value);
    }
    let request = request.body(body).unwrap();
    let mount = service.clone();
    let chain = layer((service.limit.clone(), service.gate.clone()));
    match at {
        At::Mount => Mount::<_, GreeterServer<_>>::new(mount).call(request),
        At::Layer => Box::pin(chain.layer(GreeterServer::new(Sizes::open())).call(request)),
    }
}

/// Returns a body that counts the bytes that are read of it, and continues with `rest`.
fn counted(
    frames: impl IntoIterator<Item = Bytes, IntoIter: Send + 'static>,
    rest: impl Stream<Item = Result<Frame<Bytes>, Status>> + Send + 'static,
) -> (Body, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    let frames = tokio_stream::iter(frames).map(move |data| {
        count.fetch_add(data.len(), Ordering::Relaxed);
        Ok(Frame::data(data))
    });
    (Body::new(StreamBody::new(frames.chain(rest))), taken)
}

/// Cuts a message into frames of HTTP/2.
fn pieces(mut message: Bytes) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    while !message.is_empty() {
        pieces.push(message.split_to(message.len().min(16 * KIB)));
    }
    pieces
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Polls a call until it waits.
fn poll_until_pending(answer: &mut Answer) {
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&woken));
    while woken.0.swap(false, Ordering::Relaxed) {
        assert!(answer.as_mut().poll(&mut Context::from_waker(&waker)).is_pending(), "its start waits");
    }
}

/// Returns the status of a response, and its message, which is a size.
async fn end(answer: Answer) -> (String, String) {
    let (head, body) = surely(answer).await.unwrap().into_parts();
    let body = surely(body.collect()).await.unwrap();
    let status = head.headers.get("grpc-status").or_else(|| body.trailers()?.get("grpc-status"));
    let status = status.expect("it ends").to_str().unwrap().to_owned();
    (status, body.to_bytes().get(7..).map(|text| String::from_utf8_lossy(text).into()).unwrap_or_default())
}

fn ended_with(status: &str, size: impl Into<Option<usize>>) -> (String, String) {
    (status.to_owned(), size.into().map(|size: usize| size.to_string()).unwrap_or_default())
}

const WAITING: &[(&str, &str)] = &[(WAITS, "yes")];

#[tokio::test]
async fn a_start_that_is_ready_at_once_reads_nothing() {
    let full = Sizes { limit: Limit::closed(), gate: Gate::default() };
    for (at, path) in MOUNT_AND_LAYER.into_iter().flat_map(|at| PATHS.map(|path| (at, path))) {
        let (body, taken) = counted([raw::frame(&name(1))], tokio_stream::empty());
        assert_eq!(end(call(at, &full, path, &[], body)).await, ended_with("14", None));
        assert_eq!((at, path, taken.load(Ordering::Relaxed)), (at, path, 0));
    }
}

#[tokio::test]
async fn a_message_is_taken_in_whole_while_a_start_waits() {
    let message = raw::frame(&name(3 * MIB));
    for (at, path) in MOUNT_AND_LAYER.into_iter().flat_map(|at| [PATHS[0], PATHS[1]].map(|path| (at, path))) {
        let service = Sizes::with_limit(1);
        let (body, taken) = counted(pieces(message.clone()), tokio_stream::empty());
        let mut answer = call(at, &service, path, WAITING, body);
        poll_until_pending(&mut answer);
        assert_eq!((at, path, taken.load(Ordering::Relaxed)), (at, path, message.len()));
        service.gate.open.add_permits(1);
        assert_eq!(end(answer).await, ended_with("0", 3 * MIB));
    }
}

#[tokio::test]
async fn what_a_stream_may_leave_with_a_call_that_waits_is_bounded() {
    let message = raw::frame(&name(64 * KIB));
    for at in MOUNT_AND_LAYER {
        let service = Sizes::with_limit(1);
        let (body, taken) = counted(repeat_n(message.clone(), 1600), tokio_stream::empty());
        let mut answer = call(at, &service, PATHS[2], WAITING, body);
        poll_until_pending(&mut answer);
        let held = taken.load(Ordering::Relaxed);
        assert!((4 * MIB..4 * MIB + 2 * message.len()).contains(&held), "{at:?}: {held}");
        service.gate.open.add_permits(1);
        assert_eq!(end(answer).await, ended_with("0", 100 * MIB));
        assert_eq!(taken.load(Ordering::Relaxed), 1600 * message.len());
    }
}

#[tokio::test]
async fn a_layer_takes_in_as_much_as_it_is_told() {
    let service = Sizes::with_limit(1);
    let chain = layer((service.gate.clone(),)).read_ahead(KIB);
    let (body, taken) = counted(pieces(raw::frame(&name(MIB))), tokio_stream::empty());
    let request = raw::request(PATHS[0]).header(WAITS, "yes").body(body).unwrap();
    let mut answer: Answer = Box::pin(chain.layer(GreeterServer::new(Sizes::open())).call(request));
    poll_until_pending(&mut answer);
    assert_eq!(taken.load(Ordering::Relaxed), 16 * KIB, "one frame");
    service.gate.open.add_permits(1);
    assert_eq!(end(answer).await, ended_with("0", MIB));
}

/// The call will be refused. Until then, the message takes nothing of the connection's window and only its prefix of
/// the memory.
#[tokio::test]
async fn a_message_above_the_limit_is_let_go_by() {
    for path in PATHS {
        let service = Sizes::with_limit(1);
        let message = raw::frame(&name(20 * MIB));
        // The prefix comes in two pieces.
        let mut frames = pieces(message.clone());
        frames.splice(..1, [message.slice(..3), message.slice(3..16 * KIB)]);
        let (body, taken) = counted(frames, tokio_stream::empty());
        let mut answer = call(At::Mount, &service, path, WAITING, body);
        poll_until_pending(&mut answer);
        assert_eq!((path, taken.load(Ordering::Relaxed)), (path, message.len()));
        service.gate.open.add_permits(1);
        assert_eq!((path, end(answer).await.0), (path, "11".to_owned()));
    }
}

/// This holds as well if the size of a message has no limit.
#[tokio::test]
async fn what_follows_a_single_message_is_not_taken_in() {
    let service = Sizes::with_limit(1);
    let mount = Mount::<_, GreeterServer<_>>::new(service.clone()).max_decoding_message_size(usize::MAX);
    for path in &PATHS[..2] {
        let message = raw::frame(&name(MIB));
        let (body, taken) = counted(repeat_n(message.clone(), 100), tokio_stream::empty());
        let request = raw::request(path).header(WAITS, "yes").body(body).unwrap();
        let mut answer = mount.clone().call(request);
        poll_until_pending(&mut answer);
        assert_eq!(taken.load(Ordering::Relaxed), message.len());
        service.gate.open.add_permits(1);
        assert_eq!(end(answer).await, ended_with("0", MIB));
    }
}

/// Messages come first, then trailers or an error.
#[tokio::test]
async fn what_was_taken_in_is_read_in_its_order() {
    let trailers: http::HeaderMap =
        [(http::HeaderName::from_static("x-last"), "1".parse().unwrap())].into_iter().collect();
    for at in MOUNT_AND_LAYER {
        let ends = [
            (None, ended_with("0", 5)),
            (Some(Ok(Frame::trailers(trailers.clone()))), ended_with("0", 6)),
            (Some(Err(Status::data_loss("lost"))), ended_with("15", None)),
            (Some(Ok(Frame::data(Bytes::from_static(&[0, 0, 0])))), ended_with("13", None)),
        ];
        for (last, expected) in ends {
            let service = Sizes::with_limit(1);
            let messages = [raw::frame(&name(2)), Bytes::new(), raw::frame(&name(3))];
            let (body, _) = counted(messages, tokio_stream::iter(last));
            let mut answer = call(at, &service, PATHS[2], WAITING, body);
            poll_until_pending(&mut answer);
            service.gate.open.add_permits(1);
            assert_eq!((at, end(answer).await), (at, expected));
        }
    }
}

/// A layer of tower may have replaced the body by anything.
#[tokio::test]
async fn a_body_that_panics_while_a_start_waits_is_an_internal_error() {
    for at in MOUNT_AND_LAYER {
        let service = Sizes::with_limit(1);
        let panics = tokio_stream::once(()).map(|()| panic!("a secret"));
        let (body, _) = counted([], panics);
        let mut answer = call(at, &service, PATHS[2], WAITING, body);
        poll_until_pending(&mut answer);
        service.gate.open.add_permits(1);
        assert_eq!((at, end(answer).await), (at, ended_with("13", None)));
    }
}

#[tokio::test]
async fn a_deadline_passes_while_what_arrives_is_taken_in() {
    let service = Sizes::with_limit(1);
    for path in PATHS {
        let (body, taken) = counted(pieces(raw::frame(&name(MIB))), tokio_stream::pending());
        let headers = [(WAITS, "yes"), ("grpc-timeout", "50m")];
        assert_eq!(
            (path, end(call(At::Mount, &service, path, &headers, body)).await),
            (path, ended_with("4", None))
        );
        assert!(taken.load(Ordering::Relaxed) > 0, "{path}");
    }
}

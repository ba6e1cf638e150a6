//! A start that waits costs its own call alone, and what such a call holds is bounded.

mod support;

use std::convert::Infallible;
use std::iter::repeat_n;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use support::traceable::Traceable;
use support::tracer::{Plan, Traced, Tracer};
use support::{PATHS, connect_greeter, hello, raw, serve_by, surely};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::transport::Server;
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Call, Code, Interceptor, Mount, Status, Streaming, interceptor, layer};
use vestibule_interceptors::InFlight;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// A start that waits in calls that say so, until the test lets it go on.
#[derive(Clone)]
struct Gate {
    /// One for each start that waits.
    waiting: Arc<Semaphore>,
    /// One for each that may go on.
    open: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { waiting: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }
}

const WAITS: &str = "x-waits";

impl Interceptor for Gate {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<((), ()), Status> {
        if call.metadata().contains_key(WAITS) {
            self.waiting.add_permits(1);
            self.open.acquire().await.expect("it is never closed").forget();
        }
        Ok(((), ()))
    }
}

impl Gate {
    /// Returns once so many starts wait.
    async fn has(&self, calls: u32) {
        surely(self.waiting.acquire_many(calls)).await.expect("it is never closed").forget();
    }
}

/// Answers with the size of what it has got.
#[derive(Clone)]
struct Sizes {
    places: InFlight,
    gate: Gate,
}

impl Sizes {
    fn with_places(places: usize) -> Self {
        // Those that wait do so for as long as the others need.
        Self { places: InFlight::new(places).wait(Duration::from_secs(60)), gate: Gate::default() }
    }

    /// Without anything to wait for: what stands behind a layer.
    fn open() -> Self {
        let service = Self::with_places(1000);
        service.gate.open.add_permits(1000);
        service
    }
}

fn size(len: usize) -> HelloResponse {
    HelloResponse { reply: len.to_string() }
}

#[interceptor(&self.places, &self.gate)]
impl Greeter for Sizes {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        tokio::task::yield_now().await;
        Ok(size(request.name.len()))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(Ok(size(request.name.len()))))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut len = 0;
        while let Some(request) = requests.message().await? {
            len += request.name.len();
        }
        if let Some(last) = requests.trailers().await? {
            len += last.len();
        }
        Ok(size(len))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(size(request?.name.len()))))
    }
}

/// Where the chain stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Mount,
    Layer,
}

const PLACES: [At; 2] = [At::Mount, At::Layer];

async fn serve(at: At, server: Server, service: Sizes) -> SocketAddr {
    const GZIP: CompressionEncoding = CompressionEncoding::Gzip;
    if at == At::Mount {
        return serve_by(server, Mount::new(service).accept_compressed(GZIP)).await;
    }
    let chain = layer((service.places, service.gate));
    serve_by(server, chain.layer(GreeterServer::new(Sizes::open()).accept_compressed(GZIP))).await
}

/// tonic's windows: 1 MiB for a connection, or 64 KiB that grow with what is read.
fn servers() -> impl Iterator<Item = (At, Server)> {
    PLACES.into_iter().flat_map(|at| {
        [false, true].map(|adaptive| (at, Server::builder().http2_adaptive_window(Some(adaptive))))
    })
}

fn waiting<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert(WAITS, "yes".parse().unwrap());
    request
}

fn name(len: usize) -> HelloRequest {
    hello(&"x".repeat(len))
}

/// A stream of so many bytes, 64 KiB at a time.
fn names(len: usize) -> impl Stream<Item = HelloRequest> {
    tokio_stream::iter(std::iter::repeat_n(name(64 * KIB), len / (64 * KIB)))
}

/// What came of calls at once: the size that the service has got.
async fn sizes<F>(calls: impl Iterator<Item = F>) -> Vec<Result<String, Code>>
where
    F: Future<Output = Result<tonic::Response<HelloResponse>, Status>>,
{
    let replies = join_all(calls).await.into_iter();
    replies.map(|reply| reply.map(|reply| reply.into_inner().reply).map_err(|status| status.code())).collect()
}

// ===== What others on the connection see =====

#[tokio::test]
async fn forty_calls_at_once_are_served_four_at_a_time() {
    for (at, server) in servers() {
        let client = connect_greeter(serve(at, server, Sizes::with_places(4)).await).await;
        let calls = repeat_n(client, 40);
        let calls = calls.map(|mut client| async move { client.say_hello(name(200 * KIB)).await });
        assert_eq!((at, sizes(calls).await), (at, vec![Ok((200 * KIB).to_string()); 40]));
    }
}

#[tokio::test]
async fn a_byte_passes_two_megabytes_whose_starts_wait() {
    for (at, server) in servers() {
        let service = Sizes::with_places(100);
        let gate = service.gate.clone();
        let mut client = connect_greeter(serve(at, server, service).await).await;
        let gzip = client.clone().send_compressed(CompressionEncoding::Gzip);
        let calls = [client.clone(), client.clone(), gzip]
            .map(|mut client| tokio::spawn(async move { client.say_hello(waiting(name(MIB))).await }));
        gate.has(3).await;
        assert_eq!(surely(client.say_hello(name(1))).await.unwrap().into_inner().reply, "1");
        assert!(calls.iter().all(|call| !call.is_finished()), "they wait still");
        gate.open.add_permits(3);
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap().into_inner().reply, MIB.to_string());
        }
    }
}

#[tokio::test]
async fn four_places_serve_twelve_uploads_of_two_megabytes() {
    for (at, server) in servers() {
        let client = connect_greeter(serve(at, server, Sizes::with_places(4)).await).await;
        let expected = vec![Ok((2 * MIB).to_string()); 12];
        let single = repeat_n(client.clone(), 12);
        let single = single.map(|mut client| async move { client.say_hello(name(2 * MIB)).await });
        assert_eq!((at, sizes(single).await), (at, expected.clone()));
        let streams = repeat_n(client, 12);
        let streams = streams.map(|mut client| async move { client.lots_of_greetings(names(2 * MIB)).await });
        assert_eq!((at, sizes(streams).await), (at, expected));
    }
}

/// Of a stream that sends more than is taken in, a window stays unread. Where the connection has room for those of
/// all, nobody waits for it.
#[tokio::test]
async fn where_the_windows_fit_a_stream_that_is_held_back_stops_nobody_else() {
    const CALLS: u32 = 3;
    for at in PLACES {
        let server = Server::builder().initial_stream_window_size(64 << 10);
        let server = server.initial_connection_window_size((CALLS + 1) * (64 << 10));
        let service = Sizes::with_places(100);
        let gate = service.gate.clone();
        let mut client = connect_greeter(serve(at, server, service).await).await;
        let sent = Arc::new(AtomicUsize::new(0));
        let calls = [(); CALLS as usize].map(|()| {
            let (mut client, sent) = (client.clone(), Arc::clone(&sent));
            let names = names(100 * MIB).map(move |name| {
                sent.fetch_add(64 * KIB, Ordering::Relaxed);
                name
            });
            tokio::spawn(async move { client.lots_of_greetings(waiting(names)).await })
        });
        gate.has(CALLS).await;
        surely(async {
            while sent.load(Ordering::Relaxed) < CALLS as usize * 4 * MIB {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(surely(client.say_hello(name(1))).await.unwrap().into_inner().reply, "1");
        let sent = sent.load(Ordering::Relaxed);
        assert!(sent < CALLS as usize * 6 * MIB, "{at:?}: they are held back at {sent} bytes");
        calls.iter().for_each(JoinHandle::abort);
    }
}

#[tokio::test]
async fn a_client_that_goes_away_while_a_start_waits_is_noticed() {
    for (at, path) in PLACES.into_iter().flat_map(|at| PATHS.map(|path| (at, path))) {
        let tracer = Tracer::new(Plan { hangs: "B.s", ..Plan::default() });
        let addr = if at == At::Mount {
            support::serve(Mount::new(Traceable { tracer: tracer.clone(), ..Traceable::default() })).await
        } else {
            let chain = layer((Traced("A", tracer.clone()), Traced("B", tracer.clone())));
            support::serve(chain.layer(GreeterServer::new(Sizes::open()))).await
        };
        for reset in [Some(h2::Reason::CANCEL), Some(h2::Reason::NO_ERROR), None] {
            let mut upload = raw::upload(addr, path, &[hello("a")]).await;
            surely(tracer.shared.hanging.notified()).await;
            upload.send_half(&hello("abc")).await;
            match reset {
                Some(reason) => upload.body.send_reset(reason),
                None => upload.connection.abort(),
            }
            tracer.finished().await;
            assert_eq!((at, path, tracer.take()), (at, path, "A.s B.s A.f(interrupted)".to_owned()));
        }
    }
}

// ===== What is read, and in which order =====

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

/// A call without a server: the body is the test's.
fn call(at: At, service: &Sizes, path: &str, headers: &[(&'static str, &str)], body: Body) -> Answer {
    let mut request = raw::request(path);
    for (key, value) in headers {
        request = request.header(*key, *value);
    }
    let request = request.body(body).unwrap();
    let mount = service.clone();
    let chain = layer((service.places.clone(), service.gate.clone()));
    match at {
        At::Mount => Mount::<_, GreeterServer<_>>::new(mount).call(request),
        At::Layer => Box::pin(chain.layer(GreeterServer::new(Sizes::open())).call(request)),
    }
}

/// A body that counts the bytes that are taken of it, and goes on with `rest`.
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

/// In frames of HTTP/2.
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

/// Polls a call as long as it has something to do: then it waits.
fn settle(answer: &mut Answer) {
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&woken));
    while woken.0.swap(false, Ordering::Relaxed) {
        assert!(answer.as_mut().poll(&mut Context::from_waker(&waker)).is_pending(), "its start waits");
    }
}

/// The status of an answer, and its message, which is a size.
async fn end(answer: Answer) -> (String, String) {
    let (head, body) = surely(answer).await.unwrap().into_parts();
    let body = surely(body.collect()).await.unwrap();
    let status = head.headers.get("grpc-status").or_else(|| body.trailers()?.get("grpc-status"));
    let status = status.expect("it ends").to_str().unwrap().to_owned();
    (status, body.to_bytes().get(7..).map(|text| String::from_utf8_lossy(text).into()).unwrap_or_default())
}

fn is(status: &str, size: impl Into<Option<usize>>) -> (String, String) {
    (status.to_owned(), size.into().map(|size: usize| size.to_string()).unwrap_or_default())
}

const WAITING: &[(&str, &str)] = &[(WAITS, "yes")];

#[tokio::test]
async fn a_start_that_is_ready_at_once_reads_nothing() {
    let full = Sizes { places: InFlight::new(0), gate: Gate::default() };
    for (at, path) in PLACES.into_iter().flat_map(|at| PATHS.map(|path| (at, path))) {
        let (body, taken) = counted([raw::frame(&name(1))], tokio_stream::empty());
        assert_eq!(end(call(at, &full, path, &[], body)).await, is("14", None));
        assert_eq!((at, path, taken.load(Ordering::Relaxed)), (at, path, 0));
    }
}

#[tokio::test]
async fn a_message_is_taken_in_whole_while_a_start_waits() {
    let message = raw::frame(&name(3 * MIB));
    for (at, path) in PLACES.into_iter().flat_map(|at| [PATHS[0], PATHS[1]].map(|path| (at, path))) {
        let service = Sizes::with_places(1);
        let (body, taken) = counted(pieces(message.clone()), tokio_stream::empty());
        let mut answer = call(at, &service, path, WAITING, body);
        settle(&mut answer);
        assert_eq!((at, path, taken.load(Ordering::Relaxed)), (at, path, message.len()));
        service.gate.open.add_permits(1);
        assert_eq!(end(answer).await, is("0", 3 * MIB));
    }
}

#[tokio::test]
async fn what_a_stream_may_leave_with_a_call_that_waits_is_bounded() {
    let message = raw::frame(&name(64 * KIB));
    for at in PLACES {
        let service = Sizes::with_places(1);
        let (body, taken) = counted(repeat_n(message.clone(), 1600), tokio_stream::empty());
        let mut answer = call(at, &service, PATHS[2], WAITING, body);
        settle(&mut answer);
        let held = taken.load(Ordering::Relaxed);
        assert!((4 * MIB..4 * MIB + 2 * message.len()).contains(&held), "{at:?}: {held}");
        service.gate.open.add_permits(1);
        assert_eq!(end(answer).await, is("0", 100 * MIB));
        assert_eq!(taken.load(Ordering::Relaxed), 1600 * message.len());
    }
}

#[tokio::test]
async fn a_layer_takes_in_as_much_as_it_is_told() {
    let service = Sizes::with_places(1);
    let chain = layer((service.gate.clone(),)).buffer(KIB);
    let (body, taken) = counted(pieces(raw::frame(&name(MIB))), tokio_stream::empty());
    let request = raw::request(PATHS[0]).header(WAITS, "yes").body(body).unwrap();
    let mut answer: Answer = Box::pin(chain.layer(GreeterServer::new(Sizes::open())).call(request));
    settle(&mut answer);
    assert_eq!(taken.load(Ordering::Relaxed), 16 * KIB, "one frame");
    service.gate.open.add_permits(1);
    assert_eq!(end(answer).await, is("0", MIB));
}

/// It will be refused: of the connection's window it uses up nothing, and of the memory its prefix.
#[tokio::test]
async fn a_message_above_the_limit_is_let_go_by() {
    for path in PATHS {
        let service = Sizes::with_places(1);
        let message = raw::frame(&name(20 * MIB));
        // Its prefix in two pieces.
        let mut frames = pieces(message.clone());
        frames.splice(..1, [message.slice(..3), message.slice(3..16 * KIB)]);
        let (body, taken) = counted(frames, tokio_stream::empty());
        let mut answer = call(At::Mount, &service, path, WAITING, body);
        settle(&mut answer);
        assert_eq!((path, taken.load(Ordering::Relaxed)), (path, message.len()));
        service.gate.open.add_permits(1);
        assert_eq!((path, end(answer).await.0), (path, "11".to_owned()));
    }
}

/// Also where the size of a message has no limit.
#[tokio::test]
async fn what_follows_a_single_message_is_not_taken_in() {
    let service = Sizes::with_places(1);
    let mount = Mount::<_, GreeterServer<_>>::new(service.clone()).max_decoding_message_size(usize::MAX);
    for path in &PATHS[..2] {
        let message = raw::frame(&name(MIB));
        let (body, taken) = counted(repeat_n(message.clone(), 100), tokio_stream::empty());
        let request = raw::request(path).header(WAITS, "yes").body(body).unwrap();
        let mut answer = mount.clone().call(request);
        settle(&mut answer);
        assert_eq!(taken.load(Ordering::Relaxed), message.len());
        service.gate.open.add_permits(1);
        assert_eq!(end(answer).await, is("0", MIB));
    }
}

/// What came first is read first: messages, then trailers or an error.
#[tokio::test]
async fn what_was_taken_in_is_read_in_its_order() {
    let trailers: http::HeaderMap =
        [(http::HeaderName::from_static("x-last"), "1".parse().unwrap())].into_iter().collect();
    for at in PLACES {
        let ends = [
            (None, is("0", 5)),
            (Some(Ok(Frame::trailers(trailers.clone()))), is("0", 6)),
            (Some(Err(Status::data_loss("lost"))), is("15", None)),
            (Some(Ok(Frame::data(Bytes::from_static(&[0, 0, 0])))), is("13", None)),
        ];
        for (last, expected) in ends {
            let service = Sizes::with_places(1);
            let messages = [raw::frame(&name(2)), Bytes::new(), raw::frame(&name(3))];
            let (body, _) = counted(messages, tokio_stream::iter(last));
            let mut answer = call(at, &service, PATHS[2], WAITING, body);
            settle(&mut answer);
            service.gate.open.add_permits(1);
            assert_eq!((at, end(answer).await), (at, expected));
        }
    }
}

/// A layer of tower's may have put anything there.
#[tokio::test]
async fn a_body_that_panics_while_a_start_waits_is_an_internal_error() {
    for at in PLACES {
        let service = Sizes::with_places(1);
        let panics = tokio_stream::once(()).map(|()| panic!("a secret"));
        let (body, _) = counted([], panics);
        let mut answer = call(at, &service, PATHS[2], WAITING, body);
        settle(&mut answer);
        service.gate.open.add_permits(1);
        assert_eq!((at, end(answer).await), (at, is("13", None)));
    }
}

#[tokio::test]
async fn a_deadline_passes_while_what_arrives_is_taken_in() {
    let service = Sizes::with_places(1);
    for path in PATHS {
        let (body, taken) = counted(pieces(raw::frame(&name(MIB))), tokio_stream::pending());
        let headers = [(WAITS, "yes"), ("grpc-timeout", "50m")];
        assert_eq!((path, end(call(At::Mount, &service, path, &headers, body)).await), (path, is("4", None)));
        assert!(taken.load(Ordering::Relaxed) > 0, "{path}");
    }
}

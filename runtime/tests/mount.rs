//! What a mount does beyond tonic's own server.

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{Empty, Full, StreamBody};
use proto::hello::HelloRequest;
use proto::hello::greeter_client::GreeterClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use proto::{hello_arc, hello_stubs};
use support::log::log_in;
use support::traceable::{Traceable, silence};
use support::tracer::{Plan, Traced, Tracer};
use support::{
    PATHS, answer, connect, connect_greeter, hello, ping, pong, raw, replies, serve, serve_by, surely,
};
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::server::NamedService;
use tonic::transport::Server;
use tonic::{Request, Response};
use vestibule::{Call, Code, Mount, Status, Streaming, interceptor, require_metadata};

async fn mounted(tracer: &Tracer) -> SocketAddr {
    serve(Mount::new(Traceable { tracer: tracer.clone(), ..Traceable::default() })).await
}

fn names() -> impl Stream<Item = HelloRequest> {
    tokio_stream::iter(["a", "b"].map(hello))
}

#[tokio::test]
async fn each_shape_is_served_with_the_same_trace() {
    let tracer = Tracer::default();
    let mut client = connect_greeter(mounted(&tracer).await).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = replies(client.lots_of_replies(hello("a b")).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.w A.w B.f(ok) A.f(ok)");
    assert_eq!(client.lots_of_greetings(names()).await.unwrap().into_inner().reply, "a b");
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r A.r B.r B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = replies(client.bidi_hello(names()).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r B.w A.w A.r B.r B.w A.w B.f(ok) A.f(ok)");
}

/// A message of a gigabyte, as fast as it goes or in pieces with pauses.
fn gigabyte(pause: Option<Duration>) -> Body {
    let head = tokio_stream::once(Bytes::from_static(&[0, 0x40, 0, 0, 0]));
    let data = tokio_stream::iter(std::iter::repeat_n(Bytes::from_static(&[b'x'; 10_000]), 107_375));
    let data = data.then(move |piece| async move {
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
        piece
    });
    let frames = head.chain(data).map(|piece| Ok::<_, Status>(http_body::Frame::data(piece)));
    Body::new(StreamBody::new(frames))
}

#[tokio::test]
async fn a_refused_call_has_its_status_before_any_byte_of_the_body() {
    let tracer = Tracer::new(Plan { fails: "B.s", ..Plan::default() });
    let addr = mounted(&tracer).await;
    for path in PATHS {
        for body in [silence(), gigabyte(None), gigabyte(Some(Duration::from_millis(50)))] {
            let reply = raw::reply(addr, raw::request(path).body(body).unwrap()).await;
            assert_eq!((reply.get("grpc-status"), reply.get("grpc-message")), (Some("10"), Some("B.s")));
            assert_eq!(tracer.take(), "A.s B.s A.f(Aborted)");
        }
    }
}

struct Demanding;

#[interceptor]
#[require_metadata("request-id")]
impl Probe for Demanding {
    async fn echo(&self, _request: Ping, #[metadata("x-number")] number: u32) -> Result<Pong, Status> {
        Ok(pong(number.to_string()))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(pong(request.text))
    }
}

#[tokio::test]
async fn metadata_that_is_demanded_is_looked_for_before_the_body() {
    let addr = serve(Mount::new(Demanding)).await;
    let refused = async |request: http::request::Builder| {
        raw::reply(addr, request.body(silence()).unwrap()).await.get("grpc-message").unwrap().to_owned()
    };
    let request = || raw::request("/probe.Probe/Echo");
    assert_eq!(refused(request()).await, "metadata%20%60request-id%60%20is%20missing");
    let malformed = request().header("request-id", "1").header("x-number", "one");
    assert!(refused(malformed).await.contains("x-number"));
    let mut client = connect(addr).await;
    assert_eq!(answer(client.echo(ping(&[("request-id", "1"), ("x-number", "7")])).await).unwrap(), "7");
}

#[tokio::test]
async fn trailers_follow_a_single_reply() {
    let tracer = Tracer::default();
    let addr = mounted(&tracer).await;
    let mut client = connect_greeter(addr).await;
    for metadata in [
        client.say_hello(hello("a")).await.unwrap().metadata().clone(),
        client.lots_of_greetings(names()).await.unwrap().metadata().clone(),
    ] {
        assert_eq!(metadata.get("x-cost").unwrap(), "3");
    }
    let reply = raw::call(addr, PATHS[0], &hello("a")).await;
    assert!(reply.headers.get("x-cost").is_none(), "it is no header");
    assert_eq!(reply.trailers.get("x-cost").unwrap(), "3");
    assert_eq!(reply.trailers.get("grpc-status").unwrap(), "0");
    let mut replies = client.lots_of_replies(hello("a")).await.unwrap().into_inner();
    assert_eq!(replies.trailers().await.unwrap().unwrap().get("x-cost").unwrap(), "3");
}

#[tokio::test]
async fn trailers_follow_a_failure() {
    let failing = Tracer::new(Plan { fails: "H", ..Plan::default() });
    let mut client = connect_greeter(mounted(&failing).await).await;
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(
        (status.code(), status.metadata().get("x-cost").unwrap().to_str().unwrap()),
        (Code::Aborted, "3")
    );
}

/// By which means a client breaks off.
const MEANS: [&str; 5] = ["drop", "abort", "timeout", "reset", "connection"];

/// Two hundred clients that break off: by each of the means, when so many messages have come.
fn two_hundred() -> impl Iterator<Item = (&'static str, usize)> {
    (0..10).flat_map(|_| MEANS).flat_map(|means| (0..4).map(move |seen| (means, seen)))
}

/// Breaks off an upload when its handler runs and `seen` messages have come; the last two of the means, in the midst
/// of another one.
async fn break_off(addr: SocketAddr, tracer: &Tracer, means: &str, seen: usize) {
    let have_come = |trace: &str| trace.contains('H') && trace.matches("A.r").count() == seen;
    if let "reset" | "connection" = means {
        let mut upload = raw::upload(addr, PATHS[2], &vec![hello("a"); seen]).await;
        tracer.until(have_come).await;
        upload.send_half(&hello("abc")).await;
        if means == "reset" {
            upload.body.send_reset(h2::Reason::CANCEL);
        } else {
            upload.connection.abort();
        }
        return;
    }
    let mut client = connect_greeter(addr).await;
    let requests = tokio_stream::iter(vec![hello("a"); seen]).chain(tokio_stream::pending());
    let mut call = Box::pin(async move { client.lots_of_greetings(requests).await.map(drop) });
    tokio::select! {
        end = &mut call => panic!("it waits for messages: {end:?}"),
        () = tracer.until(have_come) => {}
    }
    match means {
        "drop" => drop(call),
        "abort" => tokio::spawn(call).abort(),
        _ => assert!(tokio::time::timeout(Duration::from_millis(1), call).await.is_err()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_broken_off_is_never_complete() {
    let service = Traceable::default();
    let (tracer, committed) = (service.tracer.clone(), Arc::clone(&service.committed));
    let addr = serve(Mount::new(service)).await;
    let mut interrupted = 0;
    for (means, seen) in two_hundred() {
        break_off(addr, &tracer, means, seen).await;
        tracer.finished().await;
        let messages = " A.r B.r".repeat(seen);
        let expected = format!("A.s B.s H{messages} B.f(interrupted) A.f(interrupted)");
        assert_eq!((means, tracer.take()), (means, expected));
        interrupted += 1;
    }
    assert_eq!((interrupted, committed.load(Ordering::SeqCst)), (200, 0));
    connect_greeter(addr).await.lots_of_greetings(names()).await.unwrap();
    assert_eq!(committed.load(Ordering::SeqCst), 1);
}

const UPLOAD_TO: &str = "UPLOAD_TO";

/// The client of the next test: in a process of its own, to be killed.
#[tokio::test]
#[ignore = "the next test runs it"]
async fn uploads_until_it_is_killed() {
    let Ok(addr) = std::env::var(UPLOAD_TO) else { return };
    let requests = tokio_stream::iter([hello("a"), hello("b")]).chain(tokio_stream::pending());
    let mut client = connect_greeter(addr.parse().unwrap()).await;
    let _ = client.lots_of_greetings(requests).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_killed_has_not_sent_all() {
    let service = Traceable::default();
    let (tracer, committed) = (service.tracer.clone(), Arc::clone(&service.committed));
    let addr = serve(Mount::new(service)).await;
    for _ in 0..5 {
        let mut client = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "uploads_until_it_is_killed", "--ignored"])
            .env(UPLOAD_TO, addr.to_string())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        tracer.until(|trace| trace.ends_with("B.r A.r B.r")).await;
        client.kill().unwrap();
        client.wait().unwrap();
        tracer.finished().await;
        assert_eq!(tracer.take(), "A.s B.s H A.r B.r A.r B.r B.f(interrupted) A.f(interrupted)");
    }
    assert_eq!(committed.load(Ordering::SeqCst), 0);
}

/// Moved into another task, the stream still knows its end from its being cut off.
#[derive(Clone)]
struct Detached {
    tracer: Tracer,
    ends: mpsc::Sender<Result<usize, Code>>,
}

#[interceptor(Traced("A", &self.tracer))]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Detached {
    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<hello_stubs::HelloRequest>,
    ) -> Result<hello_stubs::HelloResponse, Status> {
        let Self { tracer, ends } = self.clone();
        tokio::spawn(async move {
            tracer.event("H").unwrap();
            let mut received = 0;
            let end = loop {
                match requests.message().await {
                    Ok(Some(_)) => received += 1,
                    Ok(None) => break Ok(received),
                    Err(status) => break Err(status.code()),
                }
            };
            ends.send(end).await.unwrap();
        })
        .await
        .unwrap();
        Ok(hello_stubs::HelloResponse::default())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_has_the_upload_learns_that_it_is_broken_off() {
    use hello_stubs::greeter_server::GreeterServer;

    let (sender, mut ends) = mpsc::channel(1);
    let tracer = Tracer::default();
    let mount: Mount<_, GreeterServer<()>> = Mount::new(Detached { tracer: tracer.clone(), ends: sender });
    let addr = serve(mount).await;
    for (means, seen) in two_hundred() {
        break_off(addr, &tracer, means, seen).await;
        assert_eq!((means, seen, surely(ends.recv()).await), (means, seen, Some(Err(Code::Cancelled))));
        tracer.finished().await;
        // Its handler may reply before it is dropped.
        let trace = tracer.take();
        assert!(trace.ends_with("A.f(interrupted)"), "{means}: {trace}");
    }
    connect_greeter(addr).await.lots_of_greetings(names()).await.unwrap();
    assert_eq!(ends.recv().await, Some(Ok(2)));
}

#[tokio::test]
async fn the_deadline_counts_from_the_headers_and_has_its_code() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let addr = mounted(&tracer).await;
    for path in PATHS {
        let body = Body::new(Full::new(raw::frame(&hello("a"))));
        let reply =
            raw::reply(addr, raw::request(path).header("grpc-timeout", "100m").body(body).unwrap()).await;
        assert_eq!((path, reply.get("grpc-status")), (path, Some("4")));
        assert!(tracer.take().ends_with("B.f(interrupted) A.f(interrupted)"));
        // What the chain has added is kept, unless a stream was to be replied.
        let is_single = [PATHS[0], PATHS[2]].contains(&path);
        assert_eq!((path, reply.get("x-cost")), (path, is_single.then_some("3")));
        let silent = raw::request(path).header("grpc-timeout", "100m").body(silence()).unwrap();
        assert_eq!((path, raw::reply(addr, silent).await.get("grpc-status")), (path, Some("4")));
        assert!(tracer.take().ends_with("B.f(interrupted) A.f(interrupted)"));
    }
}

#[tokio::test]
async fn the_deadline_ends_a_stream_in_its_midst() {
    let tracer = Tracer::default();
    let addr = mounted(&tracer).await;
    let body = Body::new(Full::new(raw::frame(&hello("forever"))));
    let reply =
        raw::reply(addr, raw::request(PATHS[1]).header("grpc-timeout", "100m").body(body).unwrap()).await;
    assert!(!reply.body.is_empty(), "it had begun");
    assert_eq!(reply.trailers.get("grpc-status").unwrap(), "4");
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(interrupted) A.f(interrupted)");
}

#[tokio::test]
async fn a_message_may_be_larger_than_its_buffer() {
    let gzip = CompressionEncoding::Gzip;
    let mount = Mount::new(Traceable::default()).accept_compressed(gzip).send_compressed(gzip);
    let plain = connect_greeter(serve(mount).await).await;
    let compressed = plain.clone().send_compressed(gzip).accept_compressed(gzip);
    for mut client in [plain, compressed] {
        // Around 512, with and without frame and tag; around tonic's 8 KiB; and many frames of HTTP/2.
        for len in [0, 504, 505, 507, 508, 512, 513, 8184, 8187, 8192, 1_000_000] {
            let name = "x".repeat(len);
            let reply = client.say_hello(hello(&name)).await.unwrap().into_inner().reply;
            assert!(reply == name, "{len}");
            let received = replies(client.lots_of_replies(hello(&name)).await).await;
            assert!(received == (vec![name], Ok(())), "{len}");
        }
    }
}

/// Always has something to do, and waits for nothing but its turn.
struct Busy;

#[interceptor]
impl Probe for Busy {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        let permits = Semaphore::new(1);
        loop {
            drop(permits.acquire().await);
        }
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[tokio::test]
async fn a_call_that_is_always_busy_ends_at_its_deadline() {
    let addr = serve(Mount::new(Busy)).await;
    let body = Body::new(Full::new(raw::frame(&Ping::default())));
    let request = raw::request("/probe.Probe/Echo").header("grpc-timeout", "100m").body(body).unwrap();
    let reply = tokio::time::timeout(Duration::from_secs(60), raw::reply(addr, request)).await;
    assert_eq!(reply.expect("it ends").get("grpc-status"), Some("4"));
}

#[tokio::test]
async fn a_timeout_is_understood_in_each_unit() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let addr = mounted(&tracer).await;
    // tonic's own timer accepts a sign.
    for timeout in ["0H", "0M", "0n", "1n", "99999999n", "100000u", "100m", "1S", "00000001S", "+1m"] {
        let body = Body::new(Full::new(raw::frame(&hello("a"))));
        let request = raw::request(PATHS[0]).header("grpc-timeout", timeout).body(body).unwrap();
        assert_eq!((timeout, raw::reply(addr, request).await.get("grpc-status")), (timeout, Some("4")));
    }
}

struct Patient;

/// Replies with whether there is a deadline.
#[interceptor]
impl Probe for Patient {
    async fn echo(&self, _request: Ping, call: &Call) -> Result<Pong, Status> {
        Ok(pong(call.deadline().is_some().to_string()))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[tokio::test]
async fn a_timeout_that_is_none_is_no_deadline() {
    let mut client = connect(serve(Mount::new(Patient)).await).await;
    for timeout in ["", "S", "1", "1x", "-1S", "1.5S", " 1S", "1 S", "123456789S"] {
        let request = ping(&[("grpc-timeout", timeout)]);
        assert_eq!((timeout, answer(client.echo(request).await)), (timeout, Ok("false".to_owned())));
    }
    let request = ping(&[("grpc-timeout", "99999999H")]);
    assert_eq!(answer(client.echo(request).await), Ok("true".to_owned()));
}

#[tokio::test]
async fn a_client_that_goes_away_interrupts_the_chain() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let mut client = connect_greeter(mounted(&tracer).await).await;
    let call = tokio::spawn(async move { client.say_hello(hello("a")).await });
    surely(tracer.shared.hanging.notified()).await;
    call.abort();
    tracer.finished().await;
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.f(interrupted) A.f(interrupted)");
}

struct Misnamed;

#[interceptor]
impl Probe for Misnamed {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong("echo"))
    }

    async fn get_url(&self, _request: Ping, call: &Call) -> Result<Pong, Status> {
        Ok(pong(call.method().path()))
    }
}

/// The name of an rpc is a guess; a wrong one is found when the server is built, and is no outage.
#[test]
fn a_name_that_is_guessed_wrong_is_reported_and_served() {
    let (log, mount) = log_in(|| Mount::new(Misnamed));
    assert_eq!(
        log,
        "ERROR vestibule: method `get_url` is not the rpc `GetUrl`: probe.Probe has none of that name; write `#[rpc(name = \"...\")]` above it"
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut client = connect(serve(mount).await).await;
        assert_eq!(answer(client.get_url(ping(&[])).await).unwrap(), "/probe.Probe/GetUrl");
        assert_eq!(answer(client.echo(ping(&[])).await).unwrap(), "echo");
    });
}

#[test]
fn names_that_are_right_are_not_reported() {
    let (log, _) = log_in(|| Mount::new(Demanding));
    assert_eq!(log, "");
    let (log, _) = log_in(|| Mount::new(Traceable::default()));
    assert_eq!(log, "");
}

#[tokio::test]
async fn what_is_no_grpc_is_answered_as_the_specification_says() {
    let addr = mounted(&Tracer::default()).await;
    let status = async |request: http::request::Builder| {
        raw::send(addr, request.body(Body::new(Empty::<Bytes>::new())).unwrap()).await.status().as_u16()
    };
    let path = PATHS[0];
    assert_eq!(status(http::Request::get(path).header("content-type", "application/grpc")).await, 405);
    assert_eq!(status(http::Request::put(path).header("content-type", "application/grpc")).await, 405);
    let get = http::Request::get(path).body(Body::new(Empty::<Bytes>::new())).unwrap();
    assert_eq!(raw::send(addr, get).await.headers().get("allow").unwrap(), "POST");
    assert_eq!(status(http::Request::post(path)).await, 415);
    for wrong in ["text/plain", "application/grpcweb", "application/json", "application/grpc-web"] {
        assert_eq!(status(http::Request::post(path).header("content-type", wrong)).await, 415, "{wrong}");
    }
    for right in ["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8"] {
        assert_eq!(status(http::Request::post(path).header("content-type", right)).await, 200, "{right}");
    }
}

#[tokio::test]
async fn unknown_methods_are_unimplemented_and_a_missing_message_internal() {
    let addr = mounted(&Tracer::default()).await;
    for path in ["/pb.Greeter/NoSuchThing", "/pb.Greeter/", "/pb.Greeter/SayHello/", "/pb.Greeter/sayhello"] {
        let reply = raw::call(addr, path, &hello("a")).await;
        assert_eq!((path, reply.get("grpc-status")), (path, Some("12")));
    }
    for path in &PATHS[..2] {
        let reply =
            raw::reply(addr, raw::request(path).body(Body::new(Empty::<Bytes>::new())).unwrap()).await;
        assert_eq!(
            (reply.get("grpc-status"), reply.get("grpc-message")),
            (Some("13"), Some("Missing%20request%20message."))
        );
    }
}

#[tokio::test]
async fn a_message_that_can_not_be_decoded_is_the_chains_as_well() {
    let tracer = Tracer::default();
    let addr = mounted(&tracer).await;
    for (frame, code) in
        [(&[2_u8, 0, 0, 0, 0][..], "13"), (&[0, 0, 0, 0, 1, 0xff], "13"), (&[0, 0, 0, 0, 9, 1], "13")]
    {
        let body = Body::new(Full::new(Bytes::copy_from_slice(frame)));
        let reply = raw::reply(addr, raw::request(PATHS[0]).body(body).unwrap()).await;
        assert_eq!((frame, reply.get("grpc-status")), (frame, Some(code)));
        assert_eq!(tracer.take(), "A.s B.s B.f(Internal) A.f(Internal)");
    }
}

#[tokio::test]
async fn limits_of_size_and_compression_are_set_as_on_the_generated_server() {
    let service = || Mount::new(Traceable::default());
    let mut client = connect_greeter(serve(service().max_decoding_message_size(100)).await).await;
    assert_eq!(client.say_hello(hello(&"x".repeat(200))).await.unwrap_err().code(), Code::OutOfRange);
    assert!(client.say_hello(hello("x")).await.is_ok());
    let mut client = connect_greeter(serve(service().max_encoding_message_size(100)).await).await;
    assert_eq!(client.say_hello(hello(&"x".repeat(200))).await.unwrap_err().code(), Code::OutOfRange);

    let gzip = CompressionEncoding::Gzip;
    let mut client = connect_greeter(serve(service()).await).await.send_compressed(gzip);
    assert_eq!(client.say_hello(hello("x")).await.unwrap_err().code(), Code::Unimplemented);
    let addr = serve(service().accept_compressed(gzip).send_compressed(gzip)).await;
    let mut client: GreeterClient<_> =
        connect_greeter(addr).await.send_compressed(gzip).accept_compressed(gzip);
    let response = client.say_hello(hello(&"x".repeat(10_000))).await.unwrap();
    assert_eq!(response.metadata().get("grpc-encoding").unwrap(), "gzip");
    assert_eq!(response.into_inner().reply.len(), 10_000);
}

/// The other kinds of traits that tonic-build makes.
struct Shared;

#[interceptor]
impl hello_arc::greeter_server::Greeter for Shared {
    async fn say_hello(
        self: Arc<Self>,
        request: hello_arc::HelloRequest,
    ) -> Result<hello_arc::HelloResponse, Status> {
        Ok(hello_arc::HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        self: Arc<Self>,
        request: hello_arc::HelloRequest,
    ) -> Result<impl Stream<Item = Result<hello_arc::HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(Ok(hello_arc::HelloResponse { reply: request.name })))
    }

    async fn lots_of_greetings(
        self: Arc<Self>,
        _requests: Streaming<hello_arc::HelloRequest>,
    ) -> Result<hello_arc::HelloResponse, Status> {
        Ok(hello_arc::HelloResponse::default())
    }

    async fn bidi_hello(
        self: Arc<Self>,
        requests: Streaming<hello_arc::HelloRequest>,
    ) -> Result<impl Stream<Item = Result<hello_arc::HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(hello_arc::HelloResponse { reply: request?.name })))
    }
}

#[tokio::test]
async fn traits_of_every_kind_can_be_mounted() {
    let mut client = connect_greeter(serve(Mount::from_arc(Arc::new(Shared))).await).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    assert_eq!(replies(client.bidi_hello(names()).await).await.0, ["a", "b"]);
    let (sender, mut ends) = mpsc::channel(1);
    let detached = Detached { tracer: Tracer::default(), ends: sender };
    let mut client = connect_greeter(serve(Mount::new(detached)).await).await;
    client.lots_of_greetings(names()).await.unwrap();
    assert_eq!(ends.recv().await, Some(Ok(2)));
    assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::Unimplemented);
}

/// One type that is two services.
struct Both;

#[interceptor]
impl Probe for Both {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Ok(Response::new(pong(request.into_inner().text)))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[interceptor]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Both {
    async fn say_hello(
        &self,
        request: hello_stubs::HelloRequest,
    ) -> Result<hello_stubs::HelloResponse, Status> {
        Ok(hello_stubs::HelloResponse { reply: request.name })
    }
}

#[tokio::test]
async fn one_type_can_be_mounted_as_two_services() {
    type Greeting = Mount<Both, hello_stubs::greeter_server::GreeterServer<()>>;
    type Probing = Mount<Both, ProbeServer<()>>;

    assert_eq!((Greeting::NAME, Probing::NAME), ("pb.Greeter", "probe.Probe"));
    let mut client = connect(serve(Mount::<_, ProbeServer<_>>::new(Both)).await).await;
    assert_eq!(answer(client.echo(ping(&[])).await).unwrap(), "ping");
    let mut client = connect_greeter(serve(Greeting::new(Both)).await).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
}

struct Binary;

#[interceptor]
impl Probe for Binary {
    async fn echo(&self, _request: Ping, #[metadata("x-one-bin")] one: Bytes) -> Result<Pong, Status> {
        Ok(pong(format!("{one:?}")))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(
        &self,
        _request: Ping,
        #[metadata("x-all-bin")] all: Vec<Bytes>,
    ) -> Result<Pong, Status> {
        Ok(pong(format!("{all:?}")))
    }
}

/// What gRPC allows is read, what it does not is refused, and nothing hangs or panics.
#[tokio::test]
async fn binary_metadata_of_every_form() {
    let addr = serve(Mount::new(Binary)).await;
    let answer = async |path: &str, values: &[&str]| {
        let key = if path == "Echo" { "x-one-bin" } else { "x-all-bin" };
        let mut request = raw::request(&format!("/probe.Probe/{path}"));
        for value in values {
            request = request.header(key, *value);
        }
        let body = Body::new(Full::new(raw::frame(&Ping::default())));
        let reply = raw::reply(addr, request.body(body).unwrap()).await;
        let text = reply.body.get(7..).map(|text| String::from_utf8_lossy(text).into_owned());
        (reply.get("grpc-status").unwrap().to_owned(), text.unwrap_or_default())
    };
    let is = |code: &str, text: &str| (code.to_owned(), text.to_owned());
    for padding in ["", "="] {
        assert_eq!(answer("Echo", &[&format!("AAE{padding}")]).await, is("0", "b\"\\0\\x01\""));
    }
    assert_eq!(answer("Echo", &[""]).await, is("0", "b\"\""));
    assert_eq!(answer("GetURL", &["AAE,AgM="]).await, is("0", "[b\"\\0\\x01\", b\"\\x02\\x03\"]"));
    assert_eq!(answer("GetURL", &["AAE", "AgM"]).await, is("0", "[b\"\\0\\x01\", b\"\\x02\\x03\"]"));
    assert_eq!(answer("GetURL", &[]).await, is("0", "[]"));
    for broken in ["!", "A", "AAE==", "AA E", "=", "\u{e9}"] {
        assert_eq!(answer("Echo", &[broken]).await, is("3", ""), "{broken}");
    }
    assert_eq!(answer("Echo", &["AAE,AgM"]).await, is("3", ""));
    assert_eq!(answer("Echo", &[]).await, is("3", ""));
}

#[tokio::test]
async fn requests_that_are_odd_are_answered() {
    let addr = serve(Mount::new(Traceable::default())).await;
    let body = || Body::new(Full::new(raw::frame(&hello("a"))));
    let status = async |request: http::request::Builder| {
        raw::reply(addr, request.body(body()).unwrap()).await.get("grpc-status").map(str::to_owned)
    };
    let grpc = |path: &str| http::Request::post(path).header("content-type", "application/grpc");
    assert_eq!(status(grpc(PATHS[0])).await.as_deref(), Some("0"), "no `te`");
    assert_eq!(
        status(grpc("/pb.Greeter/SayHello?query=1").header("te", "trailers")).await.as_deref(),
        Some("0")
    );
    for path in ["/pb.Greeter/say_hello", "/pb.Greeter/SayHello/more", "/pb.Greeter/%53ayHello"] {
        assert_eq!(status(grpc(path)).await.as_deref(), Some("12"), "{path}");
    }
    assert_eq!(status(grpc(PATHS[0]).header("grpc-encoding", "unheard-of")).await.as_deref(), Some("12"));
    assert_eq!(
        status(grpc(PATHS[0]).header("grpc-accept-encoding", "unheard-of,,")).await.as_deref(),
        Some("0")
    );
}

/// Two messages where one is asked for: the first counts, as in tonic's own server.
#[tokio::test]
async fn a_second_message_is_not_read() {
    let addr = serve(Mount::new(Traceable::default())).await;
    let two = [raw::frame(&hello("a")), raw::frame(&hello("b"))].concat();
    let body = Body::new(Full::new(Bytes::from(two)));
    let reply = raw::reply(addr, raw::request(PATHS[0]).body(body).unwrap()).await;
    assert_eq!((reply.get("grpc-status"), &reply.body[7..]), (Some("0"), &b"a"[..]));
}

/// Envoy, for one, resets with `NO_ERROR` the stream of a client that has cancelled.
#[tokio::test]
async fn an_upload_that_is_reset_without_an_error_is_not_complete() {
    let service = Traceable::default();
    let (tracer, committed) = (service.tracer.clone(), Arc::clone(&service.committed));
    let addr = serve(Mount::new(service)).await;
    for _ in 0..20 {
        let mut upload = raw::upload(addr, PATHS[2], &[hello("a")]).await;
        tracer.until(|trace| trace.ends_with("B.r")).await;
        upload.body.send_reset(h2::Reason::NO_ERROR);
        tracer.finished().await;
        assert_eq!(tracer.take(), "A.s B.s H A.r B.r B.f(interrupted) A.f(interrupted)");
    }
    assert_eq!(committed.load(Ordering::SeqCst), 0);
}

/// A part of a message, and then nothing: the client is gone, and no error of the server's.
#[tokio::test]
async fn a_client_that_goes_away_within_its_message_interrupts_the_chain() {
    let tracer = Tracer::default();
    let addr = mounted(&tracer).await;
    for path in &PATHS[..2] {
        let half =
            tokio_stream::once(Ok::<_, Status>(http_body::Frame::data(Bytes::from_static(&[0, 0, 0]))));
        let body = Body::new(StreamBody::new(half.chain(tokio_stream::pending())));
        let call = tokio::spawn(raw::send(addr, raw::request(path).body(body).unwrap()));
        tracer.until(|trace| trace.ends_with("B.s")).await;
        call.abort();
        tracer.finished().await;
        assert_eq!(tracer.take(), "A.s B.s B.f(interrupted) A.f(interrupted)");
    }
}

/// Hands each request to another annotated service, as it is.
struct Forwards(Demanding);

#[interceptor]
impl Probe for Forwards {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        self.0.echo(request).await
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        self.0.get_url(request).await
    }
}

#[tokio::test]
async fn a_request_may_be_handed_to_another_service() {
    let mut client = connect(serve(Mount::new(Forwards(Demanding))).await).await;
    assert_eq!(answer(client.echo(ping(&[("request-id", "1"), ("x-number", "7")])).await).unwrap(), "7");
    assert_eq!(answer(client.get_url(ping(&[("request-id", "1")])).await).unwrap(), "ping");
}

#[interceptor]
async fn forges(call: &Call) -> Result<(), Status> {
    for (key, value) in
        [("grpc-status", "7"), ("grpc-message", "boo"), ("content-type", "text/plain"), ("te", "x")]
    {
        call.trailers().as_mut().insert(key, value.parse().unwrap());
    }
    call.trailers().insert("x-kept", "yes".parse().unwrap());
    Ok(())
}

/// Sends what is never at an end, and forges trailers.
#[derive(Clone)]
struct Odd(mpsc::Sender<Result<usize, Code>>);

#[interceptor(forges())]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Odd {
    async fn say_hello(
        &self,
        request: hello_stubs::HelloRequest,
    ) -> Result<hello_stubs::HelloResponse, Status> {
        Ok(hello_stubs::HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        &self,
        _request: hello_stubs::HelloRequest,
    ) -> Result<impl Stream<Item = Result<hello_stubs::HelloResponse, Status>>, Status> {
        let reply = hello_stubs::HelloResponse { reply: "x".repeat(10_000) };
        Ok(futures_util::stream::repeat_with(move || Ok(reply.clone())))
    }

    async fn bidi_hello(
        &self,
        mut requests: Streaming<hello_stubs::HelloRequest>,
    ) -> Result<impl Stream<Item = Result<hello_stubs::HelloResponse, Status>>, Status> {
        let seen = self.0.clone();
        tokio::spawn(async move {
            let mut received = 0;
            let end = loop {
                match requests.message().await {
                    Ok(Some(_)) => received += 1,
                    Ok(None) => break Ok(received),
                    Err(status) => break Err(status.code()),
                }
            };
            let _ = seen.send(end).await;
        });
        Ok(tokio_stream::once(Ok(hello_stubs::HelloResponse::default())).chain(tokio_stream::pending()))
    }
}

#[tokio::test]
async fn trailers_forge_no_header_of_the_protocol() {
    let addr = serve(Mount::new(Odd(mpsc::channel(1).0))).await;
    let reply = raw::call(addr, PATHS[0], &hello("a")).await;
    let trailers: Vec<_> =
        reply.trailers.iter().map(|(key, value)| (key.as_str(), value.to_str().unwrap())).collect();
    assert_eq!(trailers.len(), 2, "{trailers:?}");
    assert!(
        trailers.contains(&("grpc-status", "0")) && trailers.contains(&("x-kept", "yes")),
        "{trailers:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deadline_ends_a_stream_that_always_has_a_message() {
    let addr = serve(Mount::new(Odd(mpsc::channel(1).0))).await;
    let body = Body::new(Full::new(raw::frame(&hello("a"))));
    let reply =
        raw::reply(addr, raw::request(PATHS[1]).header("grpc-timeout", "100m").body(body).unwrap()).await;
    assert_eq!(reply.trailers.get("grpc-status").unwrap(), "4");
}

#[tokio::test]
async fn a_bidirectional_call_ends_at_its_deadline_and_knows_that_it_was_broken_off() {
    let (seen, mut ends) = mpsc::channel(1);
    let addr = serve(Mount::new(Odd(seen))).await;
    let request = raw::request(PATHS[3]).header("grpc-timeout", "100m").body(silence()).unwrap();
    assert_eq!(raw::reply(addr, request).await.trailers.get("grpc-status").unwrap(), "4");
    assert_eq!(ends.recv().await, Some(Err(Code::Cancelled)));

    let mut upload = raw::upload(addr, PATHS[3], &[hello("a")]).await;
    assert_eq!(upload.response.await.unwrap().status(), 200);
    upload.body.send_reset(h2::Reason::CANCEL);
    assert_eq!(ends.recv().await, Some(Err(Code::Cancelled)));
}

/// What a mount leaves to tonic's own server has the same settings.
#[tokio::test]
async fn settings_hold_for_a_method_whose_name_is_guessed_wrong() {
    let gzip = CompressionEncoding::Gzip;
    let mount = Mount::new(Misnamed).accept_compressed(gzip).send_compressed(gzip);
    let mut client = connect(serve(mount.max_decoding_message_size(100)).await).await;
    let mut request = ping(&[]);
    request.get_mut().text = "x".repeat(200);
    assert_eq!(client.get_url(request).await.unwrap_err().code(), Code::OutOfRange);
    let mut client = client.send_compressed(gzip).accept_compressed(gzip);
    let reply = client.get_url(ping(&[])).await.unwrap();
    assert_eq!(reply.metadata().get("grpc-encoding").unwrap(), "gzip");
    let mut client = connect(serve(Mount::new(Misnamed).max_encoding_message_size(3)).await).await;
    assert_eq!(client.get_url(ping(&[])).await.unwrap_err().code(), Code::OutOfRange);
}

// ===== What the server around it does =====

/// A stream that ends when the test says so.
#[derive(Clone)]
struct Slow(Arc<Semaphore>);

#[interceptor]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Slow {
    async fn say_hello(
        &self,
        _request: hello_stubs::HelloRequest,
    ) -> Result<hello_stubs::HelloResponse, Status> {
        std::future::pending().await
    }

    async fn lots_of_replies(
        &self,
        _request: hello_stubs::HelloRequest,
    ) -> Result<impl Stream<Item = Result<hello_stubs::HelloResponse, Status>>, Status> {
        let end = Arc::clone(&self.0);
        let first = tokio_stream::once(Ok(hello_stubs::HelloResponse::default()));
        let last = tokio_stream::once(()).then(move |()| {
            let end = Arc::clone(&end);
            async move {
                end.acquire().await.unwrap().forget();
                Ok(hello_stubs::HelloResponse::default())
            }
        });
        Ok(first.chain(last))
    }
}

/// tonic's timer, further out than any chain of a service.
#[tokio::test]
async fn the_timeout_of_a_server_is_cancelled_and_spares_streams_that_have_begun() {
    let end = Arc::new(Semaphore::new(0));
    let server = Server::builder().timeout(Duration::from_secs(1));
    let addr = serve_by(
        server,
        Mount::<_, hello_stubs::greeter_server::GreeterServer<_>>::new(Slow(Arc::clone(&end))),
    )
    .await;
    let mut client = connect_greeter(addr).await;
    let mut stream = client.lots_of_replies(hello("a")).await.unwrap().into_inner();
    assert!(stream.message().await.unwrap().is_some());
    // It begins later, and so the time of the stream is over as well.
    let status = surely(client.say_hello(hello("a"))).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Cancelled, "Timeout expired"));
    end.add_permits(1);
    assert!(surely(stream.message()).await.unwrap().is_some());
    assert!(surely(stream.message()).await.unwrap().is_none());
}

#[tokio::test]
async fn what_a_server_sheds_reaches_no_chain() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let server = || Server::builder().concurrency_limit_per_connection(1).load_shed(true);
    let service = || Traceable { tracer: tracer.clone(), ..Traceable::default() };
    let layer = vestibule::layer((Traced("A", tracer.clone()), Traced("B", tracer.clone())));
    let layered = tower_layer::Layer::layer(
        &layer,
        hello_stubs::greeter_server::GreeterServer::new(Slow(Arc::new(Semaphore::new(0)))),
    );
    for addr in [serve_by(server(), Mount::new(service())).await, serve_by(server(), layered).await] {
        let mut client = connect_greeter(addr).await;
        let mut other = client.clone();
        let first = tokio::spawn(async move { other.say_hello(hello("a")).await });
        tracer.until(|trace| trace.ends_with("B.r") || trace.ends_with('H')).await;
        let before = tracer.take();
        let status = client.say_hello(hello("a")).await.unwrap_err();
        assert_eq!((status.code(), &*tracer.take()), (Code::ResourceExhausted, ""), "{before}");
        first.abort();
        tracer.finished().await;
        assert!(tracer.take().ends_with("A.f(interrupted)"));
    }
}

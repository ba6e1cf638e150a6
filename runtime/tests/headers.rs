//! Headers of the protocol: who may set them, and what passes a chain that comes from elsewhere.

mod support;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use support::log::log_of;
use support::{PATHS, hello, raw, serve};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::codec::CompressionEncoding::Gzip;
use tonic::server::NamedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Call, Code, Interceptor, Mount, Rest, Status, Streaming, client, interceptor, layer};
use vestibule_interceptors::{Credentials, Token};

// ===== What nobody may set =====

/// The keys that are the protocol's, with values that would do harm.
const RESERVED: [(&str, &str); 17] = [
    ("connection", "close"),
    ("content-length", "3"),
    ("content-type", "text/html"),
    ("host", "elsewhere"),
    ("keep-alive", "timeout=5"),
    ("proxy-connection", "close"),
    ("te", "gzip"),
    ("trailer", "x"),
    ("transfer-encoding", "chunked"),
    ("upgrade", "h2c"),
    ("grpc-status", "7"),
    ("grpc-message", "forged"),
    ("grpc-encoding", "br"),
    ("grpc-accept-encoding", "br"),
    ("grpc-timeout", "1n"),
    ("grpc-status-details-bin", "AAAA"),
    ("grpc-foo", "1"),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Status,
    Reply,
    LateReply,
    Trailers,
    Outgoing,
}

const WAYS: [Way; 5] = [Way::Status, Way::Reply, Way::LateReply, Way::Trailers, Way::Outgoing];

/// Adds headers, in one of the ways in which an interceptor can.
#[derive(Clone)]
struct Adds(Way, Vec<(&'static str, String)>);

impl Adds {
    fn reserved(way: Way) -> Self {
        Self(way, RESERVED.map(|(key, value)| (key, value.to_owned())).to_vec())
    }

    fn add_to(&self, headers: &mut HeaderMap) {
        for (key, value) in &self.1 {
            headers.insert(*key, value.parse().unwrap());
        }
        headers.insert("x-kept", "yes".parse().unwrap());
    }
}

impl Interceptor for Adds {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<((), ()), Status> {
        match self.0 {
            Way::Status => {
                let mut status = Status::not_found("nothing");
                self.add_to(status.metadata_mut().as_mut());
                return Err(status);
            }
            Way::Reply => self.add_to(call.response_metadata().as_mut()),
            Way::Trailers => self.add_to(call.trailers().as_mut()),
            Way::Outgoing => self.add_to(call.outgoing_metadata().as_mut()),
            Way::LateReply => {}
        }
        Ok(((), ()))
    }

    async fn around<R: Rest>(&self, call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let result = rest.await;
        if self.0 == Way::LateReply {
            self.add_to(call.response_metadata().as_mut());
        }
        result
    }
}

/// Notes with which headers it was called.
#[derive(Clone)]
struct Annotated(Adds, Arc<Mutex<HeaderMap>>);

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

type Replies = std::pin::Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

#[interceptor(&self.0)]
impl Greeter for Annotated {
    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<HelloResponse, Status> {
        *self.1.lock().unwrap() = request.metadata().as_ref().clone();
        Ok(reply(request.into_inner().name))
    }

    async fn lots_of_replies(
        &self,
        request: Request<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        *self.1.lock().unwrap() = request.metadata().as_ref().clone();
        Ok(tokio_stream::iter([Ok(reply("a")), Ok(reply("b"))]))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        while requests.message().await?.is_some() {}
        Ok(reply("c"))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

/// A service without a chain, which fails where its message says so.
#[derive(Clone, Default)]
struct Plain(Arc<Mutex<HeaderMap>>);

#[tonic::async_trait]
impl Greeter for Plain {
    type LotsOfRepliesStream = Replies;
    type BidiHelloStream = Replies;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        *self.0.lock().unwrap() = request.metadata().as_ref().clone();
        match request.into_inner().name {
            name if name == "fail" => Err(Status::not_found("nothing")),
            name => Ok(Response::new(reply(name))),
        }
    }

    async fn lots_of_replies(&self, request: Request<HelloRequest>) -> Result<Response<Replies>, Status> {
        *self.0.lock().unwrap() = request.metadata().as_ref().clone();
        let last =
            if request.get_ref().name == "fail" { Err(Status::not_found("nothing")) } else { Ok(reply("b")) };
        Ok(Response::new(Box::pin(tokio_stream::iter([Ok(reply("a")), last]))))
    }

    async fn lots_of_greetings(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<Response<HelloResponse>, Status> {
        let mut requests = request.into_inner();
        while let Some(request) = requests.message().await? {
            if request.name == "fail" {
                return Err(Status::not_found("nothing"));
            }
        }
        Ok(Response::new(reply("c")))
    }

    async fn bidi_hello(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<Response<Replies>, Status> {
        let replies = request.into_inner().map(|request| match request?.name {
            name if name == "fail" => Err(Status::not_found("nothing")),
            name => Ok(reply(name)),
        });
        Ok(Response::new(Box::pin(replies)))
    }
}

fn channel(addr: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{addr}")).unwrap().connect_lazy()
}

const MOUNTS: [&str; 4] = ["generated", "mount", "layer", "client"];

/// The interceptor in one of the mounts, behind whatever a client calls.
async fn behind(
    mount: &str,
    adds: &Adds,
    seen: &Arc<Mutex<HeaderMap>>,
) -> GreeterClient<vestibule::Client<Channel>> {
    let annotated = Annotated(adds.clone(), Arc::clone(seen));
    let plain = GreeterServer::new(Plain(Arc::clone(seen)));
    let addr = match mount {
        "generated" => serve(GreeterServer::new(annotated)).await,
        "mount" => serve(Mount::new(annotated)).await,
        "layer" => serve(layer((adds.clone(),)).layer(plain)).await,
        _ => return GreeterClient::new(client(channel(serve(plain).await), (adds.clone(),))),
    };
    GreeterClient::new(client(channel(addr), ()))
}

/// What a caller sees of a call: its metadata, whether it ended well or not.
async fn single(client: &mut GreeterClient<vestibule::Client<Channel>>) -> (Result<String, Code>, HeaderMap) {
    match client.say_hello(hello("a")).await {
        Ok(response) => {
            let metadata = response.metadata().as_ref().clone();
            (Ok(response.into_inner().reply), metadata)
        }
        Err(status) => (Err(status.code()), status.metadata().as_ref().clone()),
    }
}

async fn stream(client: &mut GreeterClient<vestibule::Client<Channel>>) -> (Result<String, Code>, HeaderMap) {
    let response = match client.lots_of_replies(hello("a")).await {
        Ok(response) => response,
        Err(status) => return (Err(status.code()), status.metadata().as_ref().clone()),
    };
    let mut metadata = response.metadata().as_ref().clone();
    let mut replies = response.into_inner();
    let mut received = String::new();
    loop {
        match replies.message().await {
            Ok(Some(reply)) => received.push_str(&reply.reply),
            Ok(None) => break,
            Err(status) => return (Err(status.code()), status.metadata().as_ref().clone()),
        }
    }
    let trailers = replies.trailers().await.unwrap().unwrap_or_default();
    metadata.extend(trailers.into_headers());
    (Ok(received), metadata)
}

#[test]
fn a_key_of_the_protocol_goes_nowhere_and_is_warned_of_once() {
    for (mount, way) in MOUNTS.into_iter().flat_map(|mount| WAYS.map(|way| (mount, way))) {
        let seen = Arc::<Mutex<HeaderMap>>::default();
        let (log, calls) = log_of(async {
            let mut client = behind(mount, &Adds::reserved(way), &seen).await;
            [single(&mut client).await, stream(&mut client).await]
        });
        for ((result, metadata), ok) in calls.into_iter().zip(["a", "ab"]) {
            let expected = if way == Way::Status { Err(Code::NotFound) } else { Ok(ok.to_owned()) };
            assert_eq!(result, expected, "{mount} {way:?}");
            let seen = seen.lock().unwrap();
            for (key, value) in RESERVED {
                let values = metadata.get_all(key).iter().chain(seen.get_all(key));
                let forged: Vec<_> = values.filter(|other| *other == value).collect();
                assert!(forged.is_empty(), "{mount} {way:?} {key}: {forged:?}");
            }
        }
        let is_kept = seen.lock().unwrap().contains_key("x-kept");
        assert_eq!(is_kept, way == Way::Outgoing, "{mount} {way:?}");
        for (key, method) in
            RESERVED.iter().flat_map(|(key, _)| ["SayHello", "LotsOfReplies"].map(|method| (key, method)))
        {
            // Nobody has set the content-type of a status on purpose.
            let expected = usize::from((way, *key) != (Way::Status, "content-type"));
            let warning = format!("the key is reserved method=\"/pb.Greeter/{method}\" key=\"{key}\"");
            assert_eq!(log.matches(&warning).count(), expected, "{mount} {way:?} {key}: {log}");
        }
    }
}

/// The methods that stream their reply.
const STREAMS: [&str; 2] = [PATHS[1], PATHS[3]];

#[tokio::test]
async fn a_key_of_the_protocol_is_not_on_the_wire() {
    let ways = [Way::Status, Way::Reply, Way::LateReply, Way::Trailers];
    for (mount, way) in MOUNTS[..3].iter().flat_map(|mount| ways.map(|way| (*mount, way))) {
        let adds = Adds::reserved(way);
        let annotated = Annotated(adds.clone(), Arc::default());
        let addr = match mount {
            "generated" => serve(GreeterServer::new(annotated)).await,
            "mount" => serve(Mount::new(annotated)).await,
            _ => serve(layer((adds,)).layer(GreeterServer::new(Plain::default()))).await,
        };
        for path in PATHS {
            let reply = raw::call(addr, path, &hello("a")).await;
            for (key, value) in RESERVED {
                let forged = reply.headers.get_all(key).iter().chain(reply.trailers.get_all(key));
                let forged: Vec<_> = forged.filter(|other| *other == value).collect();
                assert!(forged.is_empty(), "{mount} {way:?} {path} {key}: {forged:?}");
            }
            assert_eq!(reply.get("grpc-status"), Some(if way == Way::Status { "5" } else { "0" }));
            // tonic's own server has no place for trailers after a single reply.
            let is_lost = (mount, way) == ("generated", Way::Trailers) && !STREAMS.contains(&path);
            assert_eq!(reply.get("x-kept"), (!is_lost).then_some("yes"), "{mount} {way:?} {path}");
        }
    }
}

/// Hands on what another server has answered, with its metadata, as relays do.
#[derive(Clone)]
struct Relays;

fn copied<T>(reply: T) -> Response<T> {
    let mut response = Response::new(reply);
    for (key, value) in &RESERVED[..12] {
        response.metadata_mut().as_mut().insert(*key, value.parse().unwrap());
    }
    // A client that can't read it would refuse the reply, whose messages are plain here.
    response.metadata_mut().as_mut().insert("grpc-encoding", "gzip".parse().unwrap());
    response
}

#[interceptor]
#[rpc(default_stubs)]
impl proto::hello_stubs::greeter_server::Greeter for Relays {
    async fn say_hello(
        &self,
        _request: proto::hello_stubs::HelloRequest,
    ) -> Result<Response<proto::hello_stubs::HelloResponse>, Status> {
        Ok(copied(proto::hello_stubs::HelloResponse::default()))
    }

    async fn lots_of_replies(
        &self,
        request: proto::hello_stubs::HelloRequest,
    ) -> Result<Response<impl Stream<Item = Result<proto::hello_stubs::HelloResponse, Status>>>, Status> {
        let _ = request;
        Ok(copied(tokio_stream::once(Ok(proto::hello_stubs::HelloResponse::default()))))
    }
}

#[tokio::test]
async fn what_a_relay_copies_is_a_proper_reply() {
    use proto::hello_stubs::greeter_server::GreeterServer;

    for addr in [
        serve(GreeterServer::new(Relays)).await,
        serve(Mount::new(Relays)).await,
        serve(layer(()).layer(GreeterServer::new(Relays))).await,
    ] {
        let mut client = support::connect_greeter(addr).await;
        client.say_hello(hello("a")).await.unwrap();
        let (received, end) = support::replies(client.lots_of_replies(hello("a")).await).await;
        assert_eq!((received.len(), end), (1, Ok(())));
        for path in &PATHS[..2] {
            let reply = raw::call(addr, path, &hello("a")).await;
            for (key, value) in &RESERVED[..12] {
                assert_ne!(reply.get(key), Some(*value), "{path} {key}");
            }
        }
    }
}

// ===== What a service says =====

/// A service that answers what it is told, whether that is gRPC or not.
#[derive(Clone)]
struct Raw(Arc<dyn Fn() -> http::Response<Body> + Send + Sync>);

impl Raw {
    fn new(answer: impl Fn() -> http::Response<Body> + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }
}

impl NamedService for Raw {
    const NAME: &'static str = "pb.Greeter";
}

impl Service<http::Request<Body>> for Raw {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: http::Request<Body>) -> Self::Future {
        std::future::ready(Ok((self.0)()))
    }
}

type Headers = &'static [(&'static str, &'static [u8])];

fn headers(headers: Headers) -> HeaderMap {
    headers
        .iter()
        .map(|(key, value)| (HeaderName::from_static(key), HeaderValue::from_bytes(value).unwrap()))
        .collect()
}

/// A reply of these headers, a message and these trailers; of headers alone, if there are no trailers.
fn answers(http: u16, head: Headers, trailers: Option<Headers>) -> Raw {
    Raw::new(move || {
        let mut response = http::Response::new(match trailers {
            None => Body::empty(),
            Some(trailers) => {
                let frames = [Frame::data(raw::frame(&reply("a"))), Frame::trailers(headers(trailers))];
                Body::new(StreamBody::new(tokio_stream::iter(frames.map(Ok::<_, Status>))))
            }
        });
        *response.status_mut() = http::StatusCode::from_u16(http).unwrap();
        response.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
        response.headers_mut().extend(headers(head));
        response
    })
}

/// All that a client gets, but for the date.
async fn all(addr: SocketAddr, request: http::request::Builder, body: Bytes) -> (u16, String, Bytes, String) {
    let response = raw::send(addr, request.body(Body::new(Full::new(body))).unwrap()).await;
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned().unwrap_or_default();
    let [head_lines, trailers] = [head.headers, trailers].map(|mut headers| {
        headers.remove("date");
        let mut lines: Vec<_> = headers.iter().map(|(key, value)| format!("{key}: {value:?}")).collect();
        lines.sort();
        lines.join(", ")
    });
    (head.status.as_u16(), head_lines, body.to_bytes(), trailers)
}

#[tokio::test]
async fn an_answer_through_a_layer_has_all_headers_that_it_had() {
    let plain = || GreeterServer::new(Plain::default()).accept_compressed(Gzip).send_compressed(Gzip);
    let (bare, layered) = (serve(plain()).await, serve(layer(()).layer(plain())).await);
    for path in PATHS.into_iter().chain(["/pb.Greeter/Unknown"]) {
        for encoding in ["identity", "br", "gzip"] {
            for name in ["a", "fail"] {
                let request = || {
                    raw::request(path)
                        .header("grpc-encoding", encoding)
                        .header("grpc-accept-encoding", "gzip")
                };
                let body = raw::frame(&hello(name));
                let expected = all(bare, request(), body.clone()).await;
                assert_eq!(all(layered, request(), body).await, expected, "{path} {encoding} {name}");
                if encoding == "br" && !path.ends_with("Unknown") {
                    assert!(expected.1.contains("grpc-accept-encoding: \"gzip,identity\""), "{expected:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_grpc_says_beside_a_status_passes_a_layer() {
    const STATS: (&str, &[u8]) = ("grpc-server-stats-bin", b"AAAA");
    const FAILED: Headers = &[
        ("content-type", b"application/grpc+proto"),
        ("grpc-status", b"5"),
        ("grpc-message", b"nothing"),
        ("grpc-status-details-bin", b"AAAA"),
        ("grpc-accept-encoding", b"gzip"),
        ("grpc-retry-pushback-ms", b"7"),
        ("x-of", b"service"),
        STATS,
    ];
    let services = [
        answers(200, FAILED, None),
        answers(200, &[("grpc-encoding", b"gzip"), STATS], Some(&FAILED[1..])),
        answers(200, &[("grpc-accept-encoding", b"gzip")], Some(&[("grpc-status", b"0"), STATS])),
        answers(200, &[("grpc-status", b"0"), STATS], None),
    ];
    for (number, service) in services.into_iter().enumerate() {
        let (bare, layered) = (serve(service.clone()).await, serve(layer(()).layer(service)).await);
        let [(_, head, body, trailers), mut guarded] = [
            all(bare, raw::request(PATHS[0]), Bytes::new()).await,
            all(layered, raw::request(PATHS[0]), Bytes::new()).await,
        ];
        if number == 3 {
            // The end moves to its regular place.
            assert_eq!(std::mem::take(&mut guarded.3), "grpc-status: \"0\"");
            guarded.1.push_str(", grpc-status: \"0\"");
            let mut lines: Vec<_> = guarded.1.split(", ").collect();
            lines.sort();
            guarded.1 = lines.join(", ");
        }
        // An answer without a body has a length of none.
        let head = head.replace("content-length: \"0\", ", "");
        let guarded_head = guarded.1.replace("content-length: \"0\", ", "");
        assert_eq!((guarded_head, guarded.2, guarded.3), (head, body, trailers), "{number}");
    }
}

/// What is right in it is kept, the rest is U+FFFD.
const MESSAGES: [(&[u8], &str); 6] = [
    (b"%FF%FE%FD", "\u{FFFD}\u{FFFD}\u{FFFD}"),
    (b"caf\xE9", "caf\u{FFFD}"),
    (b"caf\xC3\xA9 %C3%A9 %", "café é %"),
    (b"a%20%E2%82b", "a \u{FFFD}b"),
    (b"%", "%"),
    (b"", ""),
];

#[tokio::test]
async fn a_message_that_is_no_text_keeps_its_code() {
    for (message, text) in MESSAGES {
        let failed = move || {
            let mut headers = headers(&[("grpc-status", b"5"), ("x-of", b"service")]);
            headers.insert("grpc-message", HeaderValue::from_bytes(message).unwrap());
            headers
        };
        let in_headers = Raw::new(move || {
            let mut response = http::Response::new(Body::empty());
            *response.headers_mut() = failed();
            response.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
            response
        });
        let in_trailers = Raw::new(move || {
            let frames = [Frame::data(raw::frame(&reply("a"))), Frame::trailers(failed())];
            let body = StreamBody::new(tokio_stream::iter(frames.map(Ok::<_, Status>)));
            let mut response = http::Response::new(Body::new(body));
            response.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
            response
        });
        for service in [in_headers, in_trailers] {
            let layered = serve(layer(()).layer(service.clone())).await;
            let addr = serve(service).await;
            for status in [
                support::connect_greeter(layered).await.say_hello(hello("a")).await.unwrap_err(),
                GreeterClient::new(client(channel(addr), ())).say_hello(hello("a")).await.unwrap_err(),
            ] {
                assert_eq!((status.code(), status.message()), (Code::NotFound, text));
                assert_eq!(status.metadata().get("x-of").unwrap(), "service");
            }
        }
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_dropped_whatever_the_message() {
    for message in [b"%FF".as_slice(), b"\xE9", b"revoked"] {
        let addr = serve(Raw::new(move || {
            let mut response = http::Response::new(Body::empty());
            *response.headers_mut() =
                headers(&[("grpc-status", b"16"), ("content-type", b"application/grpc")]);
            response.headers_mut().insert("grpc-message", HeaderValue::from_bytes(message).unwrap());
            response
        }))
        .await;
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let credentials = Credentials::new(move || {
            let nth = count.fetch_add(1, Ordering::SeqCst);
            async move { Ok(Token::bearer(&nth.to_string())?.expires_in(Duration::from_secs(3600))) }
        });
        let mut client = GreeterClient::new(client(channel(addr), (credentials.allow_plaintext(),)));
        for _ in 0..2 {
            assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::Unauthenticated);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}

// ===== Details that can't be read =====

/// Where details may stand that a client would panic at. No client of tonic's gets them here: what the guard has let
/// pass is looked at.
#[tokio::test]
async fn details_that_can_not_be_read_pass_nowhere() {
    const BAD: (&str, &[u8]) = ("grpc-status-details-bin", b"!");
    const GOOD: (&str, &[u8]) = ("grpc-status-details-bin", b"AAAA");
    const OK: (&str, &[u8]) = ("grpc-status", b"0");
    const FAILED: (&str, &[u8]) = ("grpc-status", b"5");
    let places: [(u16, Headers, Option<Headers>); 12] = [
        (200, &[BAD], Some(&[OK])),
        (200, &[OK, BAD], None),
        (200, &[OK], Some(&[BAD])),
        (200, &[OK], Some(&[FAILED, BAD])),
        (200, &[FAILED, BAD], None),
        (200, &[], Some(&[OK, BAD])),
        (200, &[], Some(&[FAILED, BAD])),
        (200, &[], Some(&[BAD])),
        (503, &[BAD], None),
        (503, &[BAD], Some(&[BAD])),
        (200, &[GOOD, BAD], Some(&[OK, GOOD, BAD])),
        (200, &[FAILED, GOOD, BAD], None),
    ];
    for (number, (http, head, trailers)) in places.into_iter().enumerate() {
        let service = answers(http, head, trailers);
        let mut guards = (layer(()).layer(service.clone()), client(service, ()));
        for is_layer in [true, false] {
            let request = raw::request(PATHS[0]).body(Body::empty()).unwrap();
            let answer = if is_layer {
                guards.0.call(request).await.map_err(|never| match never {})
            } else {
                guards.1.call(request).await
            };
            let mut passed = Vec::new();
            match answer {
                Err::<_, Status>(status) => passed.push(status.metadata().as_ref().clone()),
                Ok(response) => {
                    passed.push(response.headers().clone());
                    let mut body = response.into_body();
                    while let Some(frame) = body.frame().await {
                        match frame {
                            Ok(frame) => passed.extend(frame.into_trailers().ok()),
                            Err(status) => passed.push(status.metadata().as_ref().clone()),
                        }
                    }
                }
            }
            let details = passed.iter().find(|headers| headers.contains_key(BAD.0));
            assert!(details.is_none(), "{number} {is_layer}: {details:?}");
        }
    }
}

#[test]
fn details_that_are_dropped_are_warned_of() {
    let (log, ()) = log_of(async {
        let service = answers(200, &[("grpc-status-details-bin", b"!")], Some(&[("grpc-status", b"0")]));
        let mut client = client(service, ());
        let request = raw::request(PATHS[0]).body(Body::empty()).unwrap();
        assert_eq!(
            client.call(request).await.unwrap().into_body().collect().await.unwrap().to_bytes().len(),
            8
        );
    });
    assert!(log.starts_with("WARN vestibule: "), "{log}");
    assert!(log.contains("method=\"/pb.Greeter/SayHello\" key=\"grpc-status-details-bin\""), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

/// An interceptor can't do what a server may not.
#[tokio::test]
async fn details_that_an_interceptor_adds_pass_nowhere() {
    for way in [Way::Reply, Way::LateReply, Way::Trailers] {
        let adds = Adds(way, vec![("grpc-status-details-bin", "!".to_owned())]);
        let mut client = client(GreeterServer::new(Plain::default()), (adds,));
        let body = Body::new(Full::new(raw::frame(&hello("a"))));
        let response = client.call(raw::request(PATHS[0]).body(body).unwrap()).await.unwrap();
        assert!(!response.headers().contains_key("grpc-status-details-bin"));
        let body = response.into_body().collect().await.unwrap();
        assert!(!body.trailers().unwrap().contains_key("grpc-status-details-bin"), "{way:?}");
    }
}

// ===== Metadata that is too large =====

#[test]
fn metadata_that_is_too_large_for_clients_is_warned_of_once() {
    for mount in ["generated", "mount", "layer"] {
        for way in [Way::Reply, Way::Trailers] {
            for (size, is_warned) in [(9_000, true), (7_000, false)] {
                let adds = Adds(way, vec![("x-large", "x".repeat(size))]);
                let (log, _) = log_of(async {
                    let mut client = behind(mount, &adds, &Arc::default()).await;
                    (single(&mut client).await, stream(&mut client).await)
                });
                for (method, is_sent) in
                    [("SayHello", (mount, way) != ("generated", Way::Trailers)), ("LotsOfReplies", true)]
                {
                    let warnings: Vec<_> = log
                        .lines()
                        .filter(|line| {
                            line.contains("8 KiB") && line.contains(&format!("/pb.Greeter/{method}\""))
                        })
                        .collect();
                    let expected = usize::from(is_warned && is_sent);
                    assert_eq!(warnings.len(), expected, "{mount} {way:?} {method} {size}: {log}");
                    assert!(
                        warnings.iter().all(|line| line.contains("WARN") && line.contains("size=9")),
                        "{log}"
                    );
                }
            }
        }
    }
}

//! A chain in front of services that know nothing of it.

mod support;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, StreamBody};
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use support::log::log_in;
use support::traceable::silence;
use support::tracer::{Plan, Traced, Tracer};
use support::{PATHS, connect_greeter, hello, raw, replies, serve, surely};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::server::NamedService;
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Streaming};
use tower::util::BoxCloneService;
use tower_layer::Layer;
use tower_service::Service;
use vestibule::proxy::EncodedMessage;
use vestibule::server::LayerMethod;
use vestibule::{Call, Code, Hooks, Interceptor, Mount, Rest, Status, interceptor, layer};
use vestibule_interceptors::Deadline;

/// A service as tonic's users write it.
#[derive(Clone, Default)]
struct Plain {
    tracer: Tracer,
    committed: Arc<AtomicUsize>,
}

type Replies = std::pin::Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

#[tonic::async_trait]
impl Greeter for Plain {
    type LotsOfRepliesStream = Replies;
    type BidiHelloStream = Replies;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        self.tracer.async_event("H").await?;
        let tenant = request.metadata().get("x-tenant").map(|tenant| tenant.to_str().unwrap().to_owned());
        let mut response = Response::new(reply(request.into_inner().name + tenant.as_deref().unwrap_or("")));
        response.metadata_mut().insert("x-of", "service".parse().unwrap());
        Ok(response)
    }

    async fn lots_of_replies(&self, request: Request<HelloRequest>) -> Result<Response<Replies>, Status> {
        self.tracer.async_event("H").await?;
        let names: Vec<_> = request.get_ref().name.split(' ').map(|name| Ok(reply(name))).collect();
        let rest: Replies = match &*request.get_ref().name {
            "endless" => {
                Box::pin(tokio_stream::iter(std::iter::repeat_with(|| Ok(reply("x".repeat(60_000))))))
            }
            "forever" => Box::pin(tokio_stream::pending()),
            "fail" => Box::pin(tokio_stream::once(Err(Status::data_loss("lost")))),
            "trailers" => {
                let mut end = Status::ok("");
                end.metadata_mut().insert("x-of", "service".parse().unwrap());
                end.metadata_mut().insert("x-total", "1".parse().unwrap());
                Box::pin(tokio_stream::once(Err(end)))
            }
            _ => Box::pin(tokio_stream::empty()),
        };
        Ok(Response::new(Box::pin(tokio_stream::iter(names).chain(rest))))
    }

    async fn lots_of_greetings(
        &self,
        request: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<HelloResponse>, Status> {
        self.tracer.async_event("H").await?;
        let mut requests = request.into_inner();
        let mut names = Vec::new();
        while let Some(request) = requests.message().await? {
            names.push(request.name);
        }
        self.committed.fetch_add(1, Ordering::SeqCst);
        Ok(Response::new(reply(names.join(" "))))
    }

    async fn bidi_hello(
        &self,
        request: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<Replies>, Status> {
        self.tracer.async_event("H").await?;
        Ok(Response::new(Box::pin(request.into_inner().map(|request| Ok(reply(request?.name))))))
    }
}

/// Behind a layer that traces, by a server that tonic has generated.
async fn traced(tracer: &Tracer) -> SocketAddr {
    let service = Plain { tracer: tracer.clone(), ..Plain::default() };
    let chain = (Traced("A", tracer.clone()), Traced("B", tracer.clone()));
    serve(layer(chain).layer(GreeterServer::new(service))).await
}

fn names() -> impl Stream<Item = HelloRequest> {
    tokio_stream::iter(["a", "b"].map(hello))
}

fn told(status: &Status) -> (Code, &str) {
    (status.code(), status.message())
}

#[tokio::test]
async fn each_shape_has_the_trace_of_an_annotated_service() {
    let tracer = Tracer::default();
    let mut client = connect_greeter(traced(&tracer).await).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = replies(client.lots_of_replies(hello("a b")).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.w A.w B.f(ok) A.f(ok)");
    assert_eq!(client.lots_of_greetings(names()).await.unwrap().into_inner().reply, "a b");
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r A.r B.r B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = replies(client.bidi_hello(names()).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    let trace = tracer.take();
    // When a message passes depends on how the body comes in pieces.
    assert!(trace.starts_with("A.s B.s H A.r B.r") && trace.ends_with("B.w A.w B.f(ok) A.f(ok)"), "{trace}");
    let mut events: Vec<_> = trace.split(' ').collect();
    events.sort_unstable();
    assert_eq!(events.join(" "), "A.f(ok) A.r A.r A.s A.w A.w B.f(ok) B.r B.r B.s B.w B.w H");
}

#[tokio::test]
async fn a_start_that_rejects_is_answered_in_the_headers_alone() {
    let tracer = Tracer::new(Plan { fails: "B.s", ..Plan::default() });
    let addr = traced(&tracer).await;
    for path in PATHS {
        let body = Body::new(Full::new(raw::frame(&hello("a"))));
        let response = raw::send(addr, raw::request(path).body(body).unwrap()).await;
        assert_eq!(response.status(), 200);
        let headers = response.headers();
        assert_eq!(["grpc-status", "grpc-message"].map(|key| &headers[key]), ["10", "B.s"]);
        assert_eq!(headers["content-type"], "application/grpc");
        let body = response.into_body().collect().await.unwrap();
        assert!(body.trailers().is_none() && body.to_bytes().is_empty());
        assert_eq!(tracer.take(), "A.s B.s A.f(Aborted)");
    }
}

#[tokio::test]
async fn a_start_rejects_before_any_byte_of_the_body() {
    let tracer = Tracer::new(Plan { fails: "A.s", ..Plan::default() });
    let addr = serve(layer((Traced("A", tracer.clone()),)).layer(GreeterServer::new(Plain::default()))).await;
    for path in PATHS {
        let reply = raw::reply(addr, raw::request(path).body(silence()).unwrap()).await;
        assert_eq!((path, reply.get("grpc-status")), (path, Some("10")));
        assert_eq!(tracer.take(), "A.s");
    }
}

#[tokio::test]
async fn a_message_that_is_rejected_does_not_reach_the_service() {
    let tracer = Tracer::new(Plan { fails: "B.r", ..Plan::default() });
    let mut client = connect_greeter(traced(&tracer).await).await;
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(told(&status), (Code::Aborted, "B.r"));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r B.f(Aborted) A.f(Aborted)");
    let status = client.lots_of_greetings(names()).await.unwrap_err();
    assert_eq!(told(&status), (Code::Aborted, "B.r"));
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r B.f(Aborted) A.f(Aborted)");
}

#[tokio::test]
async fn of_a_stream_all_replies_before_a_rejected_one_arrive() {
    let tracer = Tracer::new(Plan { fails: "A.w", after: 2, ..Plan::default() });
    let mut client = connect_greeter(traced(&tracer).await).await;
    let (received, end) = replies(client.lots_of_replies(hello("a b c")).await).await;
    assert_eq!(
        (received, end),
        (vec!["a".to_owned(), "b".to_owned()], Err((Code::Aborted, "A.w".to_owned())))
    );
    let end = "B.w A.w B.w A.w B.w A.w B.f(Aborted) A.f(Aborted)";
    assert_eq!(tracer.take(), format!("A.s B.s A.r B.r H {end}"));
}

#[tokio::test]
async fn the_code_of_a_service_is_known_from_headers_and_trailers() {
    let tracer = Tracer::new(Plan { fails: "H", ..Plan::default() });
    let mut client = connect_greeter(traced(&tracer).await).await;
    assert_eq!(told(&client.say_hello(hello("a")).await.unwrap_err()), (Code::Aborted, "H"));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.f(Aborted) A.f(Aborted)");
    let tracer = Tracer::default();
    let mut client = connect_greeter(traced(&tracer).await).await;
    let (received, end) = replies(client.lots_of_replies(hello("fail")).await).await;
    assert_eq!((received, end), (vec!["fail".to_owned()], Err((Code::DataLoss, "lost".to_owned()))));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(DataLoss) A.f(DataLoss)");
}

#[tokio::test]
async fn panics_stay_inside() {
    for panics in ["A.s", "B.r", "B.w", "A.w", "H", "A.f(ok)"] {
        let tracer = Tracer::new(Plan { panics, ..Plan::default() });
        let mut client = connect_greeter(traced(&tracer).await).await;
        let status = client.say_hello(hello("a")).await.unwrap_err();
        assert_eq!(told(&status), (Code::Internal, "internal error"), "{panics}");
    }
}

#[tokio::test]
async fn a_client_that_goes_away_interrupts_the_chain() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let mut client = connect_greeter(traced(&tracer).await).await;
    let call = tokio::spawn(async move { client.say_hello(hello("a")).await });
    surely(tracer.shared.hanging.notified()).await;
    call.abort();
    tracer.finished().await;
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.f(interrupted) A.f(interrupted)");

    let tracer = Tracer::default();
    let mut client = connect_greeter(traced(&tracer).await).await;
    let mut stream = client.lots_of_replies(hello("forever")).await.unwrap().into_inner();
    assert_eq!(stream.message().await.unwrap().unwrap().reply, "forever");
    drop(stream);
    tracer.finished().await;
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(interrupted) A.f(interrupted)");
}

/// tonic's own server takes it for complete: see `reference` in the docs of mounts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_broken_off_is_not_complete_for_a_service_of_tonics() {
    let (tracer, service) = (Tracer::default(), Plain::default());
    let committed = Arc::clone(&service.committed);
    let addr = serve(layer((Traced("A", tracer.clone()),)).layer(GreeterServer::new(service))).await;
    for _ in 0..100 {
        let requests = tokio_stream::iter([hello("a")]).chain(tokio_stream::pending());
        let mut client = connect_greeter(addr).await;
        let call = tokio::spawn(async move { client.lots_of_greetings(requests).await });
        tracer.until(|trace| trace.ends_with("A.r")).await;
        call.abort();
        tracer.finished().await;
        assert_eq!(tracer.take(), "A.s A.r A.f(interrupted)");
    }
    assert_eq!(committed.load(Ordering::SeqCst), 0);
}

// ===== Metadata =====

#[interceptor]
async fn adds(call: &Call, rest: impl Rest) -> Result<(), Status> {
    call.outgoing_metadata().insert("x-tenant", "blue".parse().unwrap());
    call.outgoing_metadata().insert("grpc-encoding", "none-of-yours".parse().unwrap());
    call.response_metadata().insert("x-of", "layer".parse().unwrap());
    call.response_metadata().insert("content-type", "text/html".parse().unwrap());
    let result = rest.await;
    let total = call.trailers().get("x-total").cloned();
    if let Some(total) = total {
        call.trailers().insert("x-seen", total);
    }
    call.trailers().insert("x-of", "layer".parse().unwrap());
    call.trailers().insert("grpc-status", "7".parse().unwrap());
    result
}

#[tokio::test]
async fn metadata_of_interceptors_goes_both_ways_and_leaves_the_protocol_alone() {
    let addr = serve(layer((adds(),)).layer(GreeterServer::new(Plain::default()))).await;
    let reply = raw::call(addr, PATHS[0], &hello("a")).await;
    assert!(reply.contains("ablue"), "the service has got it");
    assert_eq!(reply.headers.get_all("x-of").iter().collect::<Vec<_>>(), ["layer"]);
    assert_eq!(reply.headers["content-type"], "application/grpc");
    assert_eq!(reply.trailers.get_all("x-of").iter().collect::<Vec<_>>(), ["layer"]);
    assert_eq!(reply.trailers["grpc-status"], "0");
}

#[tokio::test]
async fn the_trailers_of_a_service_are_seen_and_passed_on() {
    let addr = serve(layer((adds(),)).layer(GreeterServer::new(Plain::default()))).await;
    let reply = raw::call(addr, PATHS[1], &hello("trailers")).await;
    assert_eq!(["x-total", "x-seen"].map(|key| &reply.trailers[key]), ["1", "1"]);
    assert_eq!(reply.trailers.get_all("x-of").iter().collect::<Vec<_>>(), ["layer"]);
}

/// `grpc-retry-pushback-ms` is gRPC's, and the only such key that a service sets.
#[tokio::test]
async fn a_service_may_say_when_to_try_again() {
    #[interceptor]
    async fn pushes_back() -> Result<(), Status> {
        let mut status = Status::unavailable("later");
        status.metadata_mut().insert("grpc-retry-pushback-ms", "7".parse().unwrap());
        Err(status)
    }

    let addr = serve(layer((pushes_back(),)).layer(GreeterServer::new(Plain::default()))).await;
    assert_eq!(raw::call(addr, PATHS[0], &hello("a")).await.headers["grpc-retry-pushback-ms"], "7");
}

// ===== Messages =====

#[derive(Clone, Default)]
struct Sizes(Arc<Mutex<Vec<(usize, bool)>>>);

impl Interceptor for Sizes {
    type Provides = ();
    type Hooks = Self;

    async fn start(&self, _call: &Call) -> Result<((), Self), Status> {
        Ok(((), self.clone()))
    }
}

impl Hooks<LayerMethod> for Sizes {
    fn on_request(&mut self, message: &mut EncodedMessage) -> Result<(), Status> {
        self.0.lock().unwrap().push((message.len(), message.is_compressed()));
        Ok(())
    }

    fn on_response(&mut self, message: &mut EncodedMessage) -> Result<(), Status> {
        self.on_request(message)
    }
}

#[tokio::test]
async fn messages_of_any_size_pass_compressed_or_not() {
    let sizes = Sizes::default();
    let server = GreeterServer::new(Plain::default())
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip);
    let addr = serve(layer((sizes.clone(),)).layer(server)).await;
    let mut client = connect_greeter(addr).await;
    let large = "x".repeat(1 << 20);
    assert_eq!(client.say_hello(hello(&large)).await.unwrap().into_inner().reply, large);
    let len = prost::Message::encoded_len(&hello(&large));
    assert_eq!(std::mem::take(&mut *sizes.0.lock().unwrap()), [(len, false), (len, false)]);
    let mut client =
        client.send_compressed(CompressionEncoding::Gzip).accept_compressed(CompressionEncoding::Gzip);
    assert_eq!(client.say_hello(hello(&large)).await.unwrap().into_inner().reply, large);
    let seen = std::mem::take(&mut *sizes.0.lock().unwrap());
    assert!(matches!(seen[..], [(a, true), (b, true)] if a < 10_000 && b < 10_000), "{seen:?}");
}

/// A body of these pieces, each a frame of HTTP/2.
fn pieces(pieces: Vec<Bytes>) -> Body {
    let frames = pieces.into_iter().map(|piece| Ok::<_, Status>(http_body::Frame::data(piece)));
    Body::new(StreamBody::new(tokio_stream::iter(frames)))
}

#[tokio::test]
async fn a_body_may_come_byte_by_byte() {
    let tracer = Tracer::default();
    let addr = traced(&tracer).await;
    let body = [raw::frame(&hello("a")), raw::frame(&hello("b"))].concat();
    let body = pieces(body.iter().map(|&byte| Bytes::copy_from_slice(&[byte])).collect());
    let reply = raw::reply(addr, raw::request(PATHS[2]).body(body).unwrap()).await;
    assert!(reply.contains("a b"));
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r A.r B.r B.w A.w B.f(ok) A.f(ok)");
}

#[tokio::test]
async fn a_body_that_ends_in_the_midst_of_a_message_is_no_end() {
    let whole = raw::frame(&hello("abc"));
    for len in [1, 4, 5, whole.len() - 1] {
        let addr = traced(&Tracer::default()).await;
        let body = pieces(vec![whole.slice(..len)]);
        let reply = raw::reply(addr, raw::request(PATHS[2]).body(body).unwrap()).await;
        assert_eq!((len, reply.get("grpc-status")), (len, Some("13")));
    }
}

// ===== What is no call =====

#[tokio::test]
async fn what_is_no_grpc_does_not_get_past_the_layer() {
    let tracer = Tracer::default();
    let addr = traced(&tracer).await;
    let send = async |request: http::request::Builder| {
        raw::send(addr, request.body(Body::empty()).unwrap()).await.status().as_u16()
    };
    let post = || http::Request::post(PATHS[0]);
    assert_eq!(send(http::Request::get(PATHS[0]).header("content-type", "application/grpc")).await, 405);
    assert_eq!(send(post()).await, 415);
    for content_type in ["", "text/html", "application/json", "application/grpc-web", "application/grpcx"] {
        assert_eq!(send(post().header("content-type", content_type)).await, 415, "{content_type}");
    }
    assert_eq!(tracer.take(), "", "nothing was called");
    for content_type in ["application/grpc", "application/grpc+proto", "application/grpc;x=y"] {
        let body = Body::new(Full::new(raw::frame(&hello("a"))));
        let reply = raw::reply(addr, post().header("content-type", content_type).body(body).unwrap()).await;
        assert_eq!(reply.get("grpc-status"), Some("0"), "without `te` as well");
    }
}

#[tokio::test]
async fn a_path_that_is_no_methods_is_unimplemented() {
    let tracer = Tracer::default();
    let server = Server::builder().layer(layer((Traced("A", tracer.clone()),)));
    let addr = serve_behind(server, GreeterServer::new(Plain::default())).await;
    let status_of = async |path: &str| {
        let request = raw::request(path).body(Body::empty()).unwrap();
        raw::reply(addr, request).await.get("grpc-status").unwrap().to_owned()
    };
    for path in ["/", "//", "/pb.Greeter", "/pb.Greeter/"] {
        assert_eq!(status_of(path).await, "12", "{path}");
        assert_eq!(tracer.take(), "");
    }
    for path in ["/pb.Greeter/Nothing", "/no.Such/Service", "/a/b/c"] {
        assert_eq!(status_of(path).await, "12", "{path}");
        assert_eq!(tracer.take(), "A.s A.f(Unimplemented)", "an access log has it");
    }
    assert_eq!(status_of("/pb.Greeter/SayHello?x").await, "13", "it has no message");
}

#[tokio::test]
async fn the_method_is_known_from_the_path() {
    #[interceptor]
    async fn name(call: &Call) -> Result<(), Status> {
        let method = call.method();
        assert_eq!(method.shape(), None);
        const SAY_HELLO: vestibule::MethodInfo =
            vestibule::MethodInfo::new("/pb.Greeter/SayHello", vestibule::Shape::Unary);
        assert!(*method == SAY_HELLO, "or a guard that compares them would let it pass");
        let text = format!("{} {} {}", method.path(), method.service(), method.name());
        Err(Status::already_exists(text))
    }

    let addr = serve(layer((name(),)).layer(GreeterServer::new(Plain::default()))).await;
    let status = connect_greeter(addr).await.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(status.message(), "/pb.Greeter/SayHello pb.Greeter SayHello");
}

/// Names mean the same whatever stands before them: a guard that demands something of a service can't be passed by, and
/// one that exempts a service can't be fooled.
#[tokio::test]
async fn a_service_under_a_prefix_has_its_name() {
    use tonic::service::Routes;

    /// Guards one service, or all but one.
    #[interceptor]
    async fn guard(exempts: bool, call: &Call) -> Result<(), Status> {
        let is_free = if exempts {
            call.method().service() == "grpc.health.v1.Health"
        } else {
            call.method().path() != "/pb.Greeter/SayHello"
        };
        if is_free { Ok(()) } else { call.get::<&str>("authorization").map(|_| ()) }
    }

    // Whatever the path says, this is what answers.
    let greeter = || Routes::new(GreeterServer::new(Plain::default())).into_axum_router();
    let everything = || {
        greeter()
            .nest("/api", greeter())
            .nest("/api/v2", greeter())
            .nest("/x/grpc.health.v1.Health", greeter())
            .nest("/grpc.health.v1.Health", greeter())
    };
    let paths = ["/pb.Greeter/SayHello", "/api/pb.Greeter/SayHello", "/api/v2/pb.Greeter/SayHello"];
    let prefixes = [&[][..], &["/api"], &["api/", "/api/v2"]];
    for (exempts, prefixes) in
        [true, false].into_iter().flat_map(|exempts| prefixes.map(|all| (exempts, all)))
    {
        let served = &paths[..=prefixes.len()];
        let guard =
            prefixes.iter().fold(layer((guard(exempts),)), |layer, prefix| layer.nested_under(prefix));
        let router = Server::builder().layer(guard).add_routes(Routes::from(everything()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(router.serve_with_incoming(tonic::transport::server::TcpIncoming::from(listener)));
        let codes = async |path: &str| {
            let code = async |request: http::request::Builder| {
                let body = Body::new(Full::new(raw::frame(&hello("a"))));
                let reply = raw::reply(addr, request.body(body).unwrap()).await;
                reply.get("grpc-status").unwrap().to_owned()
            };
            let authorized = raw::request(path).header("authorization", "x");
            (code(raw::request(path)).await, code(authorized).await)
        };
        let others = [
            "/apix/pb.Greeter/SayHello",
            "/grpc.health.v1.Health/pb.Greeter/SayHello",
            "/x/grpc.health.v1.Health/pb.Greeter/SayHello",
        ];
        for path in paths.into_iter().chain(others) {
            let (without, with) = codes(path).await;
            assert_ne!(without, "0", "{exempts} {prefixes:?} {path}");
            assert_eq!(with == "0", served.contains(&path), "{exempts} {prefixes:?} {path}: {with}");
        }
    }
}

// ===== What goes on to the service =====

/// A value that an interceptor leaves.
#[derive(Clone, Debug, PartialEq)]
struct Tenant(&'static str);

#[interceptor]
async fn tenant(name: &'static str, call: &Call) -> Result<(), Status> {
    call.add_extension(Tenant(name));
    assert!(call.extensions().get::<Tenant>().is_none(), "it is for those further in");
    Ok(())
}

/// Says which tenant it was left, and how its messages are compressed.
struct Tenants;

#[interceptor]
#[rpc(default_stubs)]
impl proto::hello_stubs::greeter_server::Greeter for Tenants {
    async fn say_hello(
        &self,
        _request: proto::hello_stubs::HelloRequest,
        tenant: Option<vestibule::extract::Extension<Tenant>>,
        call: &Call,
    ) -> Result<proto::hello_stubs::HelloResponse, Status> {
        let reply = format!("{:?} {:?}", tenant.map(|tenant| tenant.0.0), call.request_encoding());
        Ok(proto::hello_stubs::HelloResponse { reply })
    }
}

#[tokio::test]
async fn a_typed_value_goes_on_to_the_service() {
    use proto::hello_stubs::greeter_server::GreeterServer;

    let chain = || layer((tenant("red"), tenant("blue")));
    for addr in [
        serve(chain().layer(GreeterServer::new(Tenants))).await,
        serve(chain().layer(Mount::new(Tenants))).await,
    ] {
        let reply = connect_greeter(addr).await.say_hello(hello("")).await.unwrap();
        assert_eq!(reply.into_inner().reply, "Some(\"blue\") None");
    }
    // On a client, to what stands further in.
    let client = vestibule::client(Mount::new(Tenants), (tenant("green"),));
    let mut client = proto::hello::greeter_client::GreeterClient::new(client);
    assert_eq!(client.say_hello(hello("")).await.unwrap().into_inner().reply, "Some(\"green\") None");
}

#[tokio::test]
async fn it_is_known_how_messages_are_compressed() {
    use CompressionEncoding::Gzip;
    use proto::hello_stubs::greeter_server::GreeterServer;

    let server = || GreeterServer::new(Tenants).accept_compressed(Gzip);
    for addr in [
        serve(server()).await,
        serve(Mount::new(Tenants).accept_compressed(Gzip)).await,
        serve(layer(()).layer(server())).await,
    ] {
        let mut client = connect_greeter(addr).await;
        assert_eq!(client.say_hello(hello("")).await.unwrap().into_inner().reply, "None None");
        let mut client = client.send_compressed(Gzip);
        assert_eq!(client.say_hello(hello("")).await.unwrap().into_inner().reply, "None Some(\"gzip\")");
    }
}

/// The headers of a single reply have gone when the rest has ended: a layer does not know that it is one.
#[tokio::test]
async fn what_is_added_when_the_rest_has_ended_is_in_the_trailers() {
    #[interceptor]
    async fn late(call: &Call, rest: impl Rest) -> Result<(), Status> {
        let result = rest.await;
        call.response_metadata().insert("x-late", "yes".parse().unwrap());
        result
    }

    let addr = serve(layer((late(),)).layer(GreeterServer::new(Plain::default()))).await;
    for path in PATHS {
        let reply = raw::call(addr, path, &hello("a")).await;
        assert_eq!(reply.trailers["x-late"], "yes", "{path}");
        assert!(!reply.headers.contains_key("x-late"), "{path}");
    }
}

// ===== What else stands there =====

/// A service that minds being called when it has not said that it is ready.
#[derive(Default)]
struct Particular {
    is_ready: bool,
    was_misused: Arc<AtomicBool>,
    inner: Option<GreeterServer<Plain>>,
}

impl Clone for Particular {
    fn clone(&self) -> Self {
        Self { is_ready: false, was_misused: Arc::clone(&self.was_misused), inner: self.inner.clone() }
    }
}

impl Service<http::Request<Body>> for Particular {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = <GreeterServer<Plain> as Service<http::Request<Body>>>::Future;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        if !std::mem::take(&mut self.is_ready) {
            self.was_misused.store(true, Ordering::SeqCst);
        }
        self.inner.as_mut().unwrap().call(request)
    }
}

impl NamedService for Particular {
    const NAME: &'static str = "pb.Greeter";
}

#[tokio::test]
async fn the_service_that_is_called_is_the_one_that_is_ready() {
    let service = Particular { inner: Some(GreeterServer::new(Plain::default())), ..Particular::default() };
    let was_misused = Arc::clone(&service.was_misused);
    let mut client = connect_greeter(serve(layer(()).layer(service)).await).await;
    for _ in 0..5 {
        client.say_hello(hello("a")).await.unwrap();
    }
    assert!(!was_misused.load(Ordering::SeqCst));
}

/// Serves with layers that only a whole server can have.
async fn serve_behind<L>(server: Server<L>, service: GreeterServer<Plain>) -> SocketAddr
where
    L: Layer<tonic::service::Routes> + Clone + Send + 'static,
    L::Service:
        Service<http::Request<Body>, Response = http::Response<Body>, Future: Send> + Clone + Send + 'static,
    <L::Service as Service<http::Request<Body>>>::Error:
        Into<Box<dyn std::error::Error + Send + Sync>> + Send,
{
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let incoming = tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true));
    let mut server = server;
    tokio::spawn(server.add_service(service).serve_with_incoming(incoming));
    addr
}

#[tokio::test]
async fn a_limit_further_in_counts_calls_and_not_those_that_were_refused() {
    #[interceptor]
    async fn only_named(call: &Call) -> Result<(), Status> {
        call.get::<&str>("x-name")?;
        Ok(())
    }

    let tracer = Tracer::new(Plan { hangs: "H", after: 1, ..Plan::default() });
    let service = Plain { tracer: tracer.clone(), ..Plain::default() };
    let server = Server::builder()
        .layer(layer((only_named(),)))
        .layer(tower::limit::GlobalConcurrencyLimitLayer::new(1));
    let addr = serve_behind(server, GreeterServer::new(service)).await;
    let named = || {
        let mut request = Request::new(hello("a"));
        request.metadata_mut().insert("x-name", "ada".parse().unwrap());
        request
    };
    let mut client = connect_greeter(addr).await;
    for _ in 0..5 {
        assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::InvalidArgument);
    }
    client.say_hello(named()).await.unwrap();
    // This one takes the only place; when it goes, the place is free.
    let mut other = client.clone();
    let call = tokio::spawn(async move { other.say_hello(named()).await });
    surely(tracer.shared.hanging.notified()).await;
    let mut waiting = Box::pin(client.say_hello(named()));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    call.abort();
    drop(call);
    surely(tracer.shared.hanging.notified()).await;
}

#[tokio::test]
async fn what_a_layer_further_in_fails_with_is_a_status() {
    // tower's error means "resource exhausted"; nobody has said what this one means.
    for (error, code) in [("overloaded", Code::ResourceExhausted), ("secret", Code::Internal)] {
        let inner = BoxCloneService::new(tower::service_fn(move |_: http::Request<Body>| async move {
            let error: Box<dyn std::error::Error + Send + Sync> = match error {
                "overloaded" => Box::new(tower::load_shed::error::Overloaded::new()),
                other => other.into(),
            };
            Err::<http::Response<Body>, _>(error)
        }));
        let mut service = layer(()).layer(inner);
        let request = raw::request(PATHS[0]).body(Body::empty()).unwrap();
        let response = service.call(request).await.unwrap();
        let status = Status::from_header_map(response.headers()).unwrap();
        assert_eq!(status.code(), code);
        assert!(!status.message().contains("secret"), "{status}");
    }
}

#[tokio::test]
async fn a_reply_without_a_status_is_none() {
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

#[tokio::test]
async fn a_deadline_in_a_layer_ends_a_stream_of_any_service() {
    let addr = serve(layer((Deadline::new(),)).layer(GreeterServer::new(Plain::default()))).await;
    let body = Body::new(Full::new(raw::frame(&hello("forever"))));
    let request = raw::request(PATHS[1]).header("grpc-timeout", "100m").body(body).unwrap();
    let reply = raw::reply(addr, request).await;
    assert!(!reply.body.is_empty(), "it had begun");
    assert_eq!(reply.trailers["grpc-status"], "4");
}

#[tokio::test]
async fn a_layer_stands_in_front_of_a_mount() {
    use vestibule::Streaming;

    #[derive(Clone)]
    struct Annotated(Tracer);

    #[interceptor(Traced("B", &self.0))]
    impl Greeter for Annotated {
        async fn say_hello(&self, request: HelloRequest, call: &Call) -> Result<HelloResponse, Status> {
            call.trailers().insert("x-cost", "3".parse().unwrap());
            Ok(reply(request.name))
        }

        async fn lots_of_replies(
            &self,
            _: HelloRequest,
        ) -> Result<tokio_stream::Empty<Result<HelloResponse, Status>>, Status> {
            Err(Status::unimplemented(""))
        }

        async fn lots_of_greetings(&self, _: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
            Err(Status::unimplemented(""))
        }

        async fn bidi_hello(
            &self,
            _: Streaming<HelloRequest>,
        ) -> Result<tokio_stream::Empty<Result<HelloResponse, Status>>, Status> {
            Err(Status::unimplemented(""))
        }
    }

    let tracer = Tracer::default();
    let mount: Mount<_, GreeterServer<()>> = Mount::new(Annotated(tracer.clone()));
    let addr = serve(layer((Traced("A", tracer.clone()),)).layer(mount)).await;
    let reply = raw::call(addr, PATHS[0], &hello("a")).await;
    assert_eq!(["x-cost", "grpc-status"].map(|key| &reply.trailers[key]), ["3", "0"]);
    assert_eq!(tracer.take(), "A.s B.s A.r B.r B.w B.f(ok) A.w A.f(ok)");
}

#[tokio::test]
async fn health_and_reflection_are_guarded_by_a_layer_of_the_server() {
    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_client::HealthClient;
    use tonic_reflection::pb::v1::ServerReflectionRequest;
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;

    #[interceptor]
    async fn only_insiders(call: &Call) -> Result<(), Status> {
        call.get::<&str>("authorization")?;
        Ok(())
    }

    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_serving::<GreeterServer<Plain>>().await;
    let reflection = tonic_reflection::server::Builder::configure().build_v1().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let router = Server::builder()
        .layer(layer((only_insiders(),)))
        .add_service(health)
        .add_service(reflection)
        .add_service(GreeterServer::new(Plain::default()));
    tokio::spawn(router.serve_with_incoming(tonic::transport::server::TcpIncoming::from(listener)));

    let channel = Channel::from_shared(format!("http://{addr}")).unwrap().connect().await.unwrap();
    let authorized = |authorized: bool| {
        move |mut request: Request<()>| {
            if authorized {
                request.metadata_mut().insert("authorization", "Bearer x".parse().unwrap());
            }
            Ok(request)
        }
    };
    let asked = HealthCheckRequest { service: "pb.Greeter".to_owned() };
    let list = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };

    let mut health = HealthClient::with_interceptor(channel.clone(), authorized(false));
    assert_eq!(health.check(asked.clone()).await.unwrap_err().code(), Code::Unauthenticated);
    assert_eq!(health.watch(asked.clone()).await.unwrap_err().code(), Code::Unauthenticated);
    let mut reflection = ServerReflectionClient::with_interceptor(channel.clone(), authorized(false));
    let refused = reflection.server_reflection_info(tokio_stream::once(list.clone())).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated);

    let mut health = HealthClient::with_interceptor(channel.clone(), authorized(true));
    assert_eq!(health.check(asked.clone()).await.unwrap().into_inner().status, 1);
    let mut watched = health.watch(asked).await.unwrap().into_inner();
    assert_eq!(watched.message().await.unwrap().unwrap().status, 1);
    reporter.set_not_serving::<GreeterServer<Plain>>().await;
    assert_eq!(watched.message().await.unwrap().unwrap().status, 2);
    let mut reflection = ServerReflectionClient::with_interceptor(channel, authorized(true));
    let mut listed = reflection.server_reflection_info(tokio_stream::once(list)).await.unwrap().into_inner();
    assert!(format!("{:?}", listed.message().await.unwrap().unwrap()).contains("grpc.reflection.v1"));
}

#[test]
fn a_panic_is_in_the_log_with_the_method() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (log, ()) = log_in(|| {
        runtime.block_on(async {
            let tracer = Tracer::new(Plan { panics: "A.r", ..Plan::default() });
            let mut service = layer((Traced("A", tracer),)).layer(GreeterServer::new(Plain::default()));
            let body = Body::new(Full::new(raw::frame(&hello("a"))));
            let request = raw::request(PATHS[0]).body(body).unwrap();
            service.call(request).await.unwrap();
        });
    });
    assert!(log.contains("/pb.Greeter/SayHello") && log.contains("secret of A.r"), "{log}");
}

#[tokio::test]
async fn a_stream_that_nobody_reads_is_held() {
    let tracer = Tracer::default();
    let mut client = connect_greeter(traced(&tracer).await).await;
    let mut stream = client.lots_of_replies(hello("endless")).await.unwrap().into_inner();
    let sent = || tracer.trace().matches("A.w").count();
    let mut before = usize::MAX;
    // Until the windows of HTTP/2 are full.
    while sent() != before {
        before = sent();
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
    }
    stream.message().await.unwrap();
}

// ===== What broke once =====

#[tokio::test]
async fn trailers_in_the_midst_of_a_message_are_no_end() {
    let whole = raw::frame(&hello("abc"));
    for len in [1, 4, 5, whole.len() - 1, whole.len()] {
        let service = Plain::default();
        let committed = Arc::clone(&service.committed);
        let addr = serve(layer(()).layer(GreeterServer::new(service))).await;
        let frames = [
            http_body::Frame::data(raw::frame(&hello("first"))),
            http_body::Frame::data(whole.slice(..len)),
            http_body::Frame::trailers(http::HeaderMap::new()),
        ];
        let body = Body::new(StreamBody::new(tokio_stream::iter(frames.map(Ok::<_, Status>))));
        let reply = raw::reply(addr, raw::request(PATHS[2]).body(body).unwrap()).await;
        let is_whole = len == whole.len();
        assert_eq!((len, reply.get("grpc-status")), (len, Some(if is_whole { "0" } else { "13" })));
        assert_eq!(committed.load(Ordering::SeqCst), usize::from(is_whole));
    }
}

#[tokio::test]
async fn an_upload_that_is_reset_without_an_error_is_not_complete() {
    let (tracer, service) = (Tracer::default(), Plain::default());
    let committed = Arc::clone(&service.committed);
    let addr = serve(layer((Traced("A", tracer.clone()),)).layer(GreeterServer::new(service))).await;
    for _ in 0..50 {
        let mut upload = raw::upload(addr, PATHS[2], &[hello("a")]).await;
        tracer.until(|trace| trace.ends_with("A.r")).await;
        upload.body.send_reset(h2::Reason::NO_ERROR);
        tracer.finished().await;
        assert_eq!(tracer.take(), "A.s A.r A.f(interrupted)");
    }
    assert_eq!(committed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_connection_that_is_lost_interrupts_an_upload() {
    let (tracer, service) = (Tracer::default(), Plain::default());
    let addr = serve(layer((Traced("A", tracer.clone()),)).layer(GreeterServer::new(service))).await;
    let upload = raw::upload(addr, PATHS[2], &[hello("a")]).await;
    tracer.until(|trace| trace.ends_with("A.r")).await;
    upload.connection.abort();
    tracer.finished().await;
    assert_eq!(tracer.take(), "A.s A.r A.f(interrupted)");
}

#[tokio::test]
async fn what_a_service_has_sent_before_a_rejection_arrives() {
    let tracer = Tracer::new(Plan { fails: "B.r", after: 1, ..Plan::default() });
    let addr = traced(&tracer).await;
    let body = [raw::frame(&hello("a")), raw::frame(&hello("b"))].concat();
    let body = Body::new(Full::new(Bytes::from(body)));
    let answer = raw::reply(addr, raw::request(PATHS[3]).body(body).unwrap()).await;
    assert_eq!((&answer.body[..], answer.get("grpc-status")), (&raw::frame(&reply("a"))[..], Some("10")));
}

#[tokio::test]
async fn a_rejection_with_the_code_ok_is_a_bug_for_everybody() {
    let outer = Tracer::new(Plan { says_ok: "A.r", ..Plan::default() });
    let inner = Tracer::default();
    let service = layer((Traced("B", inner.clone()),)).layer(GreeterServer::new(Plain::default()));
    let addr = serve(layer((Traced("A", outer.clone()),)).layer(service)).await;
    let status = connect_greeter(addr).await.lots_of_greetings(names()).await.unwrap_err();
    assert_eq!(told(&status), (Code::Internal, "internal error"));
    assert_eq!(outer.take(), "A.s A.r A.f(Internal)");
    assert_eq!(inner.take(), "B.s B.f(Internal)");
}

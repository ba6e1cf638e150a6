//! A layer works beside layers of tower, in front of a mount, and for health checks and reflection.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tonic::Request;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::transport::{Channel, Server};
use tower::util::BoxCloneService;
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Call, Code, Mount, Status, interceptor, layer};

use super::plain_service::{Plain, reply, serve_behind};
use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{PATHS, connect_greeter, hello, raw, serve, surely};

/// A service that notes a call that comes before it was ready.
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
    // This call takes the only permit; when it is dropped, the permit is free.
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
    // tower's error means "resource exhausted"; the meaning of the other one is unknown.
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

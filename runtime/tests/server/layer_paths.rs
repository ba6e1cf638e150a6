//! A layer lets nothing past that is no gRPC, and knows each method by its path.

use http_body_util::Full;
use proto::hello::greeter_server::GreeterServer;
use tonic::body::Body;
use tonic::transport::Server;
use tower_layer::Layer;
use vestibule::{Call, Status, interceptor, layer};

use super::plain_service::{Plain, serve_behind, traced};
use crate::support::tracer::{Traced, Tracer};
use crate::support::{PATHS, connect_greeter, hello, raw, serve};

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

/// A prefix does not change the meaning of a name: a guard of one service can not be bypassed, and a guard that
/// exempts one
/// service can not be fooled.
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

    // This service responds at each path.
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

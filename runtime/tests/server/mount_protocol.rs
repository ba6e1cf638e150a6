//! A mount answers requests that are odd, or no gRPC at all, as the specification says.

use bytes::Bytes;
use http_body_util::{Empty, Full};
use tonic::body::Body;
use tower_service::Service;
use vestibule::Mount;

use super::mount_service::mount;
use super::mounted::mounted;
use crate::support::traceable::Traceable;
use crate::support::tracer::Tracer;
use crate::support::{PATHS, hello, raw, serve};

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

#[tokio::test]
async fn of_two_content_types_the_first_counts() {
    for (types, status) in
        [(["application/grpc", "text/plain"], 200), (["text/plain", "application/grpc"], 415)]
    {
        let request = http::Request::post(PATHS[0]).header("te", "trailers");
        let request = types.iter().fold(request, |request, of| request.header("content-type", *of));
        let request = request.body(Body::new(Full::new(raw::frame(&hello("a"))))).unwrap();
        assert_eq!(mount(&Tracer::default()).call(request).await.unwrap().status(), status, "{types:?}");
    }
}

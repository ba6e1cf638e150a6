//! A browser can call a service behind tonic-web and CORS, and reads why it was rejected.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_web::GrpcWebLayer;
use tower_http::cors::{Any, CorsLayer};
use vestibule::metadata::Bearer;
use vestibule::{Mount, Status, interceptor};

use crate::support::traceable::{Traceable, reply};
use crate::support::tracer::{Traced, Tracer};
use crate::support::{PATHS, hello, raw};

const BINARY: &str = "application/grpc-web+proto";
const TEXT: &str = "application/grpc-web-text+proto";

#[interceptor]
async fn authenticate(#[metadata("authorization")] token: Bearer<'_>) -> Result<(), Status> {
    if token.token() == "s3cret" { Ok(()) } else { Err(Status::unauthenticated("invalid token")) }
}

/// A server that browsers may call. A layer and the mount behind it trace what reaches them.
struct Web {
    addr: SocketAddr,
    layer: Tracer,
    mount: Tracer,
}

/// Returns the CORS layer that the guide describes.
fn cors() -> CorsLayer {
    let header = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::POST])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, header("x-grpc-web")])
        .expose_headers([header("grpc-status"), header("grpc-message"), header("grpc-status-details-bin")])
}

/// Serves with the layers in the order that the guide names.
async fn serve() -> Web {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let (addr, layer, mount) = (listener.local_addr().unwrap(), Tracer::default(), Tracer::default());
    let server = Server::builder()
        .accept_http1(true)
        .layer(cors())
        .layer(GrpcWebLayer::new())
        .layer(vestibule::layer((Traced("A", layer.clone()), authenticate())))
        .add_service(Mount::new(Traceable { tracer: mount.clone(), ..Traceable::default() }))
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(server);
    Web { addr, layer, mount }
}

/// Sends a request over HTTP/1.1, as `fetch` does.
async fn fetch(addr: SocketAddr, request: http::request::Builder, body: Bytes) -> http::Response<Bytes> {
    let stream = TcpStream::connect(addr).await.expect("the server accepts");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("it speaks HTTP/1");
    tokio::spawn(connection);
    let request = request.header("host", "api.example.com").header("origin", "https://example.com");
    let request = request.body(Full::new(body)).unwrap();
    let (head, body) = sender.send_request(request).await.expect("there is a reply").into_parts();
    let body = body.collect().await.expect("the reply is whole");
    http::Response::from_parts(head, body.to_bytes())
}

fn post(path: &str, content_type: &str) -> http::request::Builder {
    Request::post(path).header("content-type", content_type).header("x-grpc-web", "1")
}

/// Encodes responses and their trailers as gRPC-Web does: the trailers follow in a frame of their own.
fn responses_and_trailers(names: &[&str], trailers: &str) -> Vec<u8> {
    let mut body: Vec<u8> = names.iter().flat_map(|name| raw::frame(&reply(*name))).collect();
    body.push(0x80);
    body.extend(u32::try_from(trailers.len()).unwrap().to_be_bytes());
    body.extend(trailers.as_bytes());
    body
}

#[tokio::test]
async fn a_single_response_and_its_trailers_reach_a_browser() {
    let web = serve().await;
    let request = post(PATHS[0], BINARY).header("authorization", "Bearer s3cret");
    let response = fetch(web.addr, request, raw::frame(&hello("ada"))).await;
    assert_eq!(response.headers()["content-type"], BINARY);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let expected = responses_and_trailers(&["ada"], "x-cost:3\r\ngrpc-status:0\r\n");
    assert_eq!(*response.body(), expected);
    assert_eq!(web.layer.take(), "A.s A.r A.w A.f(ok)");
    assert_eq!(web.mount.take(), "A.s B.s A.r B.r H B.w A.w B.f(ok) A.f(ok)");
}

#[tokio::test]
async fn responses_in_base64_reach_a_browser() {
    let web = serve().await;
    let request = post(PATHS[1], TEXT).header("authorization", "Bearer s3cret").header("accept", TEXT);
    let response = fetch(web.addr, request, STANDARD.encode(raw::frame(&hello("ada bob"))).into()).await;
    assert_eq!(response.headers()["content-type"], TEXT);
    // tonic-web encodes each part of the body by itself.
    let parts = response.body().split_inclusive(|byte| *byte == b'=');
    let body: Vec<u8> = parts.flat_map(|part| STANDARD.decode(part).unwrap()).collect();
    assert_eq!(body, responses_and_trailers(&["ada", "bob"], "x-cost:3\r\ngrpc-status:0\r\n"));
    assert_eq!(web.layer.take(), "A.s A.r A.w A.w A.f(ok)");
    assert_eq!(web.mount.take(), "A.s B.s A.r B.r H B.w A.w B.w A.w B.f(ok) A.f(ok)");
}

#[tokio::test]
async fn a_browser_reads_why_it_was_rejected() {
    let web = serve().await;
    let request = post(PATHS[0], BINARY).header("authorization", "Bearer guess");
    let response = fetch(web.addr, request, raw::frame(&hello("ada"))).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["grpc-status"], "16");
    assert_eq!(response.headers()["grpc-message"], "invalid%20token");
    let exposed = "grpc-status,grpc-message,grpc-status-details-bin";
    assert_eq!(response.headers()["access-control-expose-headers"], exposed);
    assert_eq!(web.layer.take(), "A.s A.f(Unauthenticated)");
    assert_eq!(web.mount.take(), "");
}

#[tokio::test]
async fn a_preflight_request_does_not_reach_a_chain() {
    let web = serve().await;
    let request = Request::builder()
        .method(Method::OPTIONS)
        .uri(PATHS[0])
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type,x-grpc-web");
    let response = fetch(web.addr, request, Bytes::new()).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["access-control-allow-methods"], "POST");
    assert_eq!(response.headers()["access-control-allow-headers"], "authorization,content-type,x-grpc-web");
    assert_eq!(web.layer.take() + &web.mount.take(), "");
}

//! A client gets from a mount, byte for byte, what it gets from tonic's own server.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::Full;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use tonic::Response;
use tonic::body::Body;
use tonic::codec::CompressionEncoding::{Deflate, Gzip};
use tonic::transport::server::TcpConnectInfo;
use tower_service::Service;
use vestibule::extract::RemoteAddr;
use vestibule::{Mount, Status, Streaming, interceptor};

use crate::support::{PATHS, hello, raw, serve};

/// Responds in each shape as its message says.
#[derive(Clone)]
struct Versatile;

/// An extension that a layer around the server could read.
#[derive(Clone)]
struct Marked;

fn said<T>(name: &str, peer: RemoteAddr, reply: T) -> Result<Response<T>, Status> {
    let mut response = Response::new(reply);
    response.metadata_mut().insert("x-peer", peer.0.ip().to_string().parse().unwrap());
    match name {
        "fail" => return Err(Status::failed_precondition("no")),
        "plain" => response.disable_compression(),
        "marked" => drop(response.extensions_mut().insert(Marked)),
        "headers" => {
            let headers: &mut http::HeaderMap = response.metadata_mut().as_mut();
            for key in ["te", "content-type", "grpc-status", "grpc-message", "grpc-message-type"] {
                headers.insert(key, "9".parse().unwrap());
            }
            for (key, value) in [
                ("grpc-encoding", "mine"),
                ("grpc-foo", "1"),
                ("x-two", "2"),
                ("x-two", "3"),
                ("x-bin", "AAE"),
            ] {
                headers.append(key, value.parse().unwrap());
            }
        }
        _ => {}
    }
    Ok(response)
}

/// Returns a response that gzip makes smaller.
fn reply(name: &str) -> HelloResponse {
    HelloResponse { reply: name.repeat(30) }
}

#[interceptor]
impl Greeter for Versatile {
    async fn say_hello(
        &self,
        request: HelloRequest,
        peer: RemoteAddr,
    ) -> Result<Response<HelloResponse>, Status> {
        said(&request.name, peer, reply(&request.name))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
        peer: RemoteAddr,
    ) -> Result<Response<impl Stream<Item = Result<HelloResponse, Status>>>, Status> {
        let name = request.name;
        said(&name, peer, tokio_stream::iter([Ok(reply(&name)), Ok(reply("b"))]))
    }

    async fn lots_of_greetings(
        &self,
        mut names: Streaming<HelloRequest>,
        peer: RemoteAddr,
    ) -> Result<Response<HelloResponse>, Status> {
        let mut first = None;
        while let Some(request) = names.message().await? {
            first.get_or_insert(request.name);
        }
        let name = first.unwrap_or_default();
        said(&name, peer, reply(&name))
    }

    async fn bidi_hello(
        &self,
        mut names: Streaming<HelloRequest>,
        peer: RemoteAddr,
    ) -> Result<Response<impl Stream<Item = Result<HelloResponse, Status>>>, Status> {
        let name = names.message().await?.unwrap_or_default().name;
        said(&name, peer, tokio_stream::iter([Ok(reply(&name)), Ok(reply("b"))]))
    }
}

/// The two servers to compare.
struct Servers {
    tonic: SocketAddr,
    mount: SocketAddr,
}

macro_rules! servers {
    ($($setting:ident($value:expr)),*) => {
        Servers {
            tonic: serve(GreeterServer::new(Versatile)$(.$setting($value))*).await,
            mount: serve(Mount::new(Versatile)$(.$setting($value))*).await,
        }
    };
}

impl Servers {
    /// Returns all that a client gets for a request, if it is the same from both servers.
    async fn answer(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> String {
        let [tonic, mount] = [self.tonic, self.mount].map(async |addr| {
            let mut request = raw::request(path);
            for (key, value) in headers {
                request = request.header(*key, *value);
            }
            let body = Full::new(Bytes::copy_from_slice(body));
            let reply = raw::reply(addr, request.body(Body::new(body)).unwrap()).await;
            let [headers, trailers] = [reply.headers, reply.trailers].map(|mut headers| {
                headers.remove("date");
                let mut lines: Vec<_> =
                    headers.iter().map(|(key, value)| format!("{key}: {value:?}")).collect();
                lines.sort();
                lines.join(", ")
            });
            format!("{headers} | {:?} | {trailers}", reply.body)
        });
        let (tonic, mount) = (tonic.await, mount.await);
        assert_eq!(mount, tonic, "{path} {headers:?} {body:?}");
        mount
    }

    /// Does the same for each shape.
    async fn agree(&self, headers: &[(&str, &str)], body: &[u8]) -> Vec<String> {
        let mut answers = Vec::new();
        for path in PATHS {
            answers.push(self.answer(path, headers, body).await);
        }
        answers
    }
}

#[tokio::test]
async fn responses_have_the_same_headers_messages_and_trailers() {
    let servers = servers!();
    for name in ["", "a", "fail", "plain", "headers"] {
        servers.agree(&[], &raw::frame(&hello(name))).await;
    }
    let answers = servers.agree(&[], &raw::frame(&hello("headers"))).await;
    assert!(
        answers.iter().all(|answer| answer.starts_with(
            r#"content-type: "application/grpc", x-bin: "AAE", x-peer: "127.0.0.1", x-two: "2", x-two: "3" |"#
        )),
        "{answers:?}"
    );
}

#[tokio::test]
async fn bodies_that_are_odd_have_the_same_answer() {
    let servers = servers!();
    let whole = raw::frame(&hello("a"));
    let two = [&whole[..], &whole].concat();
    let compressed = [&[1], &whole[1..]].concat();
    for body in
        [&[][..], &[0], &whole[..6], &two, &two[..12], &compressed, &[7, 0, 0, 0, 0], &[0, 0, 0, 0, 1, 7]]
    {
        servers.agree(&[], body).await;
    }
}

#[tokio::test]
async fn sizes_have_the_same_limits() {
    let servers = servers!(max_decoding_message_size(20), max_encoding_message_size(400));
    for length in [0, 13, 14, 15, 18, 19, 200] {
        servers.agree(&[], &raw::frame(&hello(&"x".repeat(length)))).await;
    }
}

#[tokio::test]
async fn client_and_server_agree_on_the_same_compression() {
    let zipped =
        [1, 0, 0, 0, 23, 31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 227, 98, 76, 4, 0, 75, 60, 120, 209, 3, 0, 0, 0];
    let plain = raw::frame(&hello("a"));
    let all = [
        servers!(),
        servers!(accept_compressed(Gzip)),
        servers!(send_compressed(Gzip)),
        servers!(accept_compressed(Gzip), accept_compressed(Gzip), send_compressed(Gzip)),
        servers!(
            accept_compressed(Deflate),
            accept_compressed(Gzip),
            send_compressed(Gzip),
            send_compressed(Deflate)
        ),
    ];
    for servers in &all {
        for encoding in ["gzip", "identity", "GZIP", "", "gzip,identity", " gzip", "deflate", "unheard-of"] {
            for body in [&plain[..], &zipped] {
                servers.agree(&[("grpc-encoding", encoding)], body).await;
            }
        }
        servers.agree(&[("grpc-encoding", "identity"), ("grpc-encoding", "gzip")], &zipped).await;
        for accepted in [
            "gzip",
            "identity",
            "deflate, gzip",
            "gzip,deflate",
            "identity,deflate",
            " gzip ,identity",
            "zstd,br",
            "GZIP",
            "",
            ",,gzip",
            "gzip;q=1",
        ] {
            servers.agree(&[("grpc-accept-encoding", accepted)], &plain).await;
        }
        servers.agree(&[("grpc-accept-encoding", "br"), ("grpc-accept-encoding", "gzip")], &plain).await;
        for name in ["plain", "headers", "fail"] {
            servers.agree(&[("grpc-accept-encoding", "gzip")], &raw::frame(&hello(name))).await;
        }
    }
    let both = &all[3];
    let answers = both.agree(&[("grpc-encoding", "gzip"), ("grpc-accept-encoding", "gzip")], &zipped).await;
    assert!(answers.iter().all(|answer| answer.contains("grpc-encoding: \"gzip\"")), "{answers:?}");
    let answers = both.agree(&[("grpc-encoding", "br")], &plain).await;
    assert!(
        answers.iter().all(|answer| answer.contains("grpc-accept-encoding: \"gzip,identity\"")),
        "{answers:?}"
    );
}

/// The test calls the mount without a server, because extensions do not travel.
#[tokio::test]
async fn what_a_response_has_for_layers_is_kept() {
    for path in PATHS {
        let body = Body::new(Full::new(raw::frame(&hello("marked"))));
        let mut request = raw::request(path).body(body).unwrap();
        let peer = "127.0.0.1:1".parse().unwrap();
        request.extensions_mut().insert(TcpConnectInfo { local_addr: None, remote_addr: Some(peer) });
        let response = Mount::new(Versatile).call(request).await.unwrap();
        assert!(response.extensions().get::<Marked>().is_some(), "{path}");
        assert_eq!(response.version(), http::Version::HTTP_2, "{path}");
    }
}

#[tokio::test]
async fn a_compression_that_is_no_text_is_refused() {
    let servers = servers!();
    for path in PATHS {
        let [tonic, mount] = [servers.tonic, servers.mount].map(async |addr| {
            let name = http::HeaderValue::from_bytes(b"\xff").unwrap();
            let body = Body::new(Full::new(raw::frame(&hello("a"))));
            let request = raw::request(path).header("grpc-encoding", name).body(body).unwrap();
            let reply = raw::reply(addr, request).await;
            ["grpc-status", "grpc-message"].map(|key| reply.get(key).map(str::to_owned))
        });
        let mount = mount.await;
        assert_eq!(mount[0].as_deref(), Some("12"));
        assert_eq!(mount, tonic.await);
    }
}

//! The headers and trailers that a service sends for gRPC pass a layer unchanged.

use bytes::Bytes;
use http::HeaderValue;
use http_body::Frame;
use http_body_util::StreamBody;
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use tonic::body::Body;
use tonic::codec::CompressionEncoding::Gzip;
use tower_layer::Layer;
use vestibule::{Code, Status, client, layer};

use super::header_services::{Headers, Plain, Raw, answers, channel, headers, reply, response_of};
use crate::support::{PATHS, hello, raw, serve};

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
                let expected = response_of(bare, request(), body.clone()).await;
                assert_eq!(response_of(layered, request(), body).await, expected, "{path} {encoding} {name}");
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
            response_of(bare, raw::request(PATHS[0]), Bytes::new()).await,
            response_of(layered, raw::request(PATHS[0]), Bytes::new()).await,
        ];
        if number == 3 {
            // The layer moves the status to the trailers.
            assert_eq!(std::mem::take(&mut guarded.3), "grpc-status: \"0\"");
            guarded.1.push_str(", grpc-status: \"0\"");
            let mut lines: Vec<_> = guarded.1.split(", ").collect();
            lines.sort();
            guarded.1 = lines.join(", ");
        }
        // A response without a body has a length of zero.
        let head = head.replace("content-length: \"0\", ", "");
        let guarded_head = guarded.1.replace("content-length: \"0\", ", "");
        assert_eq!((guarded_head, guarded.2, guarded.3), (head, body, trailers), "{number}");
    }
}

/// The layer keeps what is valid, and replaces the rest by U+FFFD.
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
                crate::support::connect_greeter(layered).await.say_hello(hello("a")).await.unwrap_err(),
                GreeterClient::new(client(channel(addr), ())).say_hello(hello("a")).await.unwrap_err(),
            ] {
                assert_eq!((status.code(), status.message()), (Code::NotFound, text));
                assert_eq!(status.metadata().get("x-of").unwrap(), "service");
            }
        }
    }
}

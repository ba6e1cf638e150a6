//! A comparison of the responses: costs can be compared only if the servers do the same.

use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use prost::Message;
use tonic::body::Body;
use tower_service::Service;

use crate::load;
use crate::process::{self, Process};
use crate::servers::SERVERS;

/// The parts of a response that a client sees.
#[derive(Clone, Debug, PartialEq)]
struct Response {
    status: StatusCode,
    /// The message, with the five bytes in front of it.
    body: Vec<u8>,
    trailers: HeaderMap,
}

/// Calls each server once, and compares its response with that of the first server.
///
/// # Panics
///
/// A response differs.
pub(crate) fn same_responses() {
    let runtime = process::runtime();
    let mut expected = None;
    for server in SERVERS {
        let process = Process::start(process::serve(server.name));
        let response = runtime.block_on(call(&process));
        assert_eq!(response.trailers["grpc-status"], "0", "the call of {} succeeds", server.name);
        let expected = expected.get_or_insert_with(|| response.clone());
        assert_eq!(&response, expected, "the response of {} differs", server.name);
    }
}

async fn call(process: &Process) -> Response {
    let message = load::request().into_inner();
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.encoded_len()).expect("the message is small").to_be_bytes());
    frame.extend(message.encode_to_vec());
    let request = Request::post(format!("http://{}/probe.Probe/Echo", process.addr))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("authorization", "Bearer s3cret")
        .body(Body::new(Full::from(frame)))
        .expect("the parts are valid");
    let mut channel = load::connect(process.addr).await;
    std::future::poll_fn(|cx| channel.poll_ready(cx)).await.expect("the connection is open");
    let (head, body) = channel.call(request).await.expect("the server answers").into_parts();
    // connectrpc adds `+proto`, which gRPC allows. So this header is not compared.
    assert!(head.headers["content-type"].as_bytes().starts_with(b"application/grpc"), "the response is gRPC");
    let body = body.collect().await.expect("the body is complete");
    let mut trailers = body.trailers().expect("the body has trailers").clone();
    // The observed server adds an id, and its value is never the same.
    trailers.remove("x-request-id");
    Response { status: head.status, trailers, body: body.to_bytes().into() }
}

//! `Deadline` ends streams that are busy, and calls of services that know nothing of it.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::Full;
use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::codegen::BoxStream;
use tonic::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Code, Status, interceptor, layer};
use vestibule_interceptors::Deadline;

use crate::support::{
    PATHS, Setup, all_responses, connect_greeter, hello, in_every_setup, raw, serve, serve_in,
};

in_every_setup!(a_busy_stream_is_told_of_its_deadline);

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

#[derive(Clone)]
struct BusyUntil(Duration);

#[interceptor(Deadline::at_most(self.0))]
#[rpc(default_stubs)]
impl Greeter for BusyUntil {
    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(0..).map(|n: u32| Ok(reply(n.to_string()))))
    }
}

async fn a_busy_stream_is_told_of_its_deadline(setup: Setup) {
    let service = BusyUntil(Duration::from_millis(20));
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    let (_, end) = all_responses(client.lots_of_replies(hello("a")).await).await;
    assert_eq!(end, Err((Code::DeadlineExceeded, "deadline exceeded".to_owned())));
}

/// A service without a chain, whose streams never end.
#[derive(Clone)]
struct Plain;

#[tonic::async_trait]
impl Greeter for Plain {
    async fn lots_of_replies(
        &self,
        request: Request<HelloRequest>,
    ) -> Result<Response<BoxStream<HelloResponse>>, Status> {
        let first = tokio_stream::once(Ok(reply(request.into_inner().name)));
        Ok(Response::new(Box::pin(first.chain(tokio_stream::pending()))))
    }
}

#[tokio::test]
async fn a_deadline_in_a_layer_ends_a_stream_of_any_service() {
    let addr = serve(layer((Deadline::new(),)).layer(GreeterServer::new(Plain))).await;
    let body = Body::new(Full::new(raw::frame(&hello("forever"))));
    let request = raw::request(PATHS[1]).header("grpc-timeout", "100m").body(body).unwrap();
    let reply = raw::reply(addr, request).await;
    assert!(!reply.body.is_empty(), "it had begun");
    assert_eq!(reply.trailers["grpc-status"], "4");
}

#[tokio::test]
async fn a_service_behind_a_layer_is_told_the_limit() {
    let limit = std::time::Duration::from_secs(2);
    let timeouts_seen = Arc::new(Mutex::new(Vec::new()));
    let noting = {
        let timeouts = Arc::clone(&timeouts_seen);
        tower::service_fn(move |request: http::Request<Body>| {
            let value = request.headers().get("grpc-timeout").map(|value| value.to_str().unwrap().to_owned());
            timeouts.lock().unwrap().push(value);
            std::future::ready(Ok::<http::Response<Body>, Infallible>(Status::not_found("").into_http()))
        })
    };
    let mut service = layer((Deadline::at_most(limit),)).layer(noting.clone());
    for given in [None, Some("60S"), Some("1m")] {
        let mut request = raw::request(PATHS[0]);
        if let Some(given) = given {
            request = request.header("grpc-timeout", given);
        }
        service.call(request.body(Body::empty()).unwrap()).await.unwrap();
    }
    let mut untouched = layer(()).layer(noting);
    let request = raw::request(PATHS[0]).header("grpc-timeout", "60S").body(Body::empty()).unwrap();
    untouched.call(request).await.unwrap();
    let timeouts = std::mem::take(&mut *timeouts_seen.lock().unwrap());
    let micros = |timeout: &Option<String>| {
        timeout.as_ref().unwrap().strip_suffix('u').unwrap().parse::<u64>().unwrap()
    };
    assert!(
        timeouts[..2].iter().all(|timeout| (1_000_000..2_000_000).contains(&micros(timeout))),
        "{timeouts:?}"
    );
    assert!(timeouts[2].as_ref().is_some_and(|timeout| timeout.ends_with('n')), "{timeouts:?}");
    assert_eq!(timeouts[3].as_deref(), Some("60S"), "no interceptor has set a limit");
}

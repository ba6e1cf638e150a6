//! A rate limit service over TCP, and the limits that ask it.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::net::TcpListener;
use tonic::server::{Grpc as GrpcServer, NamedService, UnaryService};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Endpoint, Server};
use tonic::{Code as GrpcCode, Response};
use tower_service::Service;
use vestibule::details::{self, RetryInfo};
use vestibule::{Call, Interceptor, MethodInfo, Shape};

use super::messages::DescriptorStatus;
use super::*;
use crate::{OnFailure, RateLimit};

const HELLO: &MethodInfo = &MethodInfo::new("/pb.Greeter/SayHello", Shape::Unary);

/// Gives the same answer to each request, and keeps the requests.
#[derive(Clone)]
struct Limiter {
    answer: Result<RateLimitResponse, GrpcCode>,
    requests: Arc<Mutex<Vec<RateLimitRequest>>>,
}

impl NamedService for Limiter {
    const NAME: &'static str = "envoy.service.ratelimit.v3.RateLimitService";
}

impl UnaryService<RateLimitRequest> for Limiter {
    type Response = RateLimitResponse;
    type Future = Ready<Result<Response<RateLimitResponse>, Status>>;

    fn call(&mut self, request: Request<RateLimitRequest>) -> Self::Future {
        self.requests.lock().unwrap().push(request.into_inner());
        ready(self.answer.clone().map(Response::new).map_err(|code| Status::new(code, "secret")))
    }
}

impl Service<http::Request<Body>> for Limiter {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let limiter = self.clone();
        let codec = ProstCodec::<RateLimitResponse, RateLimitRequest>::default();
        Box::pin(async move { Ok(GrpcServer::new(codec).unary(limiter, request).await) })
    }
}

fn response(code: Code, waits: &[(Code, Option<(i64, i32)>)]) -> RateLimitResponse {
    let status = |(code, wait): &(Code, Option<(i64, i32)>)| DescriptorStatus {
        code: (*code).into(),
        duration_until_reset: wait.map(|(seconds, nanos)| messages::Duration { seconds, nanos }),
    };
    RateLimitResponse { overall_code: code.into(), statuses: waits.iter().map(status).collect() }
}

/// Makes a call of Ada, and returns its end and the requests of the service.
async fn call(
    answer: Result<RateLimitResponse, GrpcCode>,
    on_failure: OnFailure,
) -> (Result<(), Status>, Vec<RateLimitRequest>) {
    let limiter = Limiter { answer, requests: Arc::default() };
    let requests = Arc::clone(&limiter.requests);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(Server::builder().add_service(limiter).serve_with_incoming(TcpIncoming::from(listener)));
    let store = EnvoyLimits::new(Endpoint::from_shared(url).unwrap().connect_lazy(), "orders");
    let limit = RateLimit::new("calls", Quota::per_second(10)).per_method().shared(store, on_failure);
    let limit = limit.store_timeout(Duration::from_secs(60));
    let end = limit.key("ada").start(&Call::new(HELLO, Request::new(()))).await.map(drop);
    let requests = requests.lock().unwrap().clone();
    (end, requests)
}

#[tokio::test]
async fn the_service_is_asked_with_the_method_and_the_key() {
    let (end, requests) = call(Ok(response(Code::Ok, &[])), OnFailure::Refuse).await;
    assert!(end.is_ok());
    let entry = |key: &str, value: &str| Entry { key: key.to_owned(), value: value.to_owned() };
    let entries = vec![entry("method", "/pb.Greeter/SayHello"), entry("calls", "ada")];
    let descriptors = vec![RateLimitDescriptor { entries }];
    assert_eq!(requests, [RateLimitRequest { domain: "orders".to_owned(), descriptors, hits_addend: 1 }]);
}

#[tokio::test]
async fn a_call_over_the_limit_waits_for_the_longest_reset() {
    const OVER: Code = Code::OverLimit;
    for (waits, expected) in [
        (&[(OVER, Some((2, 5_000_000))), (Code::Ok, Some((99, 0))), (OVER, Some((1, 0)))][..], 2005),
        (&[], 100),
        (&[(OVER, None)], 100),
        (&[(OVER, Some((-1, 0)))], 100),
        (&[(OVER, Some((1, -1)))], 100),
        (&[(OVER, Some((1, i32::MAX)))], 100),
    ] {
        let (end, _) = call(Ok(response(OVER, waits)), OnFailure::Refuse).await;
        let status = end.unwrap_err();
        assert_eq!(status.code(), GrpcCode::ResourceExhausted);
        let wait = details::find::<RetryInfo>(&status).unwrap().retry_delay;
        assert_eq!(wait, Some(Duration::from_millis(expected)), "{waits:?}");
    }
}

#[tokio::test]
async fn a_service_that_fails_or_does_not_decide_is_a_failure() {
    for answer in
        [Err(GrpcCode::Internal), Ok(response(Code::Unknown, &[])), Ok(RateLimitResponse::default())]
    {
        assert!(call(answer.clone(), OnFailure::Allow).await.0.is_ok());
        let status = call(answer, OnFailure::Refuse).await.0.unwrap_err();
        assert_eq!(status.code(), GrpcCode::Unavailable);
        assert_eq!(status.message(), "the rate limit can't be checked");
    }
}

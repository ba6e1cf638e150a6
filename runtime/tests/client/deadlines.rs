//! A client ends each call at its deadline, with the code of a deadline.

use std::sync::Arc;
use std::time::Duration;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use tonic::Request;
use tonic::transport::Endpoint;
use vestibule::{Call, Code, Rest, Status, client, interceptor};

use super::server::{Server, channel, code_and_message, in_time, traced};
use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{all_responses, hello, serve};

#[tokio::test]
async fn a_deadline_that_passes_has_its_code_in_every_shape() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let mut client = traced(&tracer).await;
    let timeout = Duration::from_millis(20);
    for _ in 0..20 {
        let late = [
            client.say_hello(in_time(hello("a"), timeout)).await.unwrap_err(),
            client.lots_of_replies(in_time(hello("a"), timeout)).await.unwrap_err(),
            client.lots_of_greetings(in_time(tokio_stream::pending(), timeout)).await.unwrap_err(),
            client.bidi_hello(in_time(tokio_stream::pending(), timeout)).await.unwrap_err(),
        ];
        for status in late {
            assert_eq!(code_and_message(&status), (Code::DeadlineExceeded, "deadline exceeded"));
        }
    }
    assert!(tracer.take().ends_with("B.f(DeadlineExceeded) A.f(DeadlineExceeded)"));
}

#[tokio::test]
async fn a_deadline_ends_a_stream_in_its_midst() {
    let mut client = traced(&Tracer::default()).await;
    let request = in_time(hello("forever"), Duration::from_millis(50));
    let (received, end) = all_responses(client.lots_of_replies(request).await).await;
    assert_eq!((received, end.unwrap_err().0), (vec!["forever".to_owned()], Code::DeadlineExceeded));
}

#[tokio::test]
async fn a_start_that_takes_too_long_ends_with_the_deadline() {
    #[interceptor]
    async fn dawdle() -> Result<(), Status> {
        std::future::pending().await
    }

    let tracer = Tracer::default();
    let chain = (Traced("A", tracer.clone()), dawdle());
    let mut client = GreeterClient::new(client(GreeterServer::new(Server::default()), chain));
    let status = client.say_hello(in_time(hello("a"), Duration::from_millis(20))).await.unwrap_err();
    assert_eq!(code_and_message(&status), (Code::DeadlineExceeded, "deadline exceeded"));
    assert_eq!(tracer.take(), "A.s A.f(interrupted)");
}

#[tokio::test]
async fn what_wraps_a_call_has_its_say_after_the_deadline() {
    #[interceptor]
    async fn costs(call: &Call, rest: impl Rest) -> Result<(), Status> {
        let result = rest.await;
        call.trailers().insert("x-cost", "3".parse().unwrap());
        result
    }

    #[interceptor]
    async fn dawdle() -> Result<(), Status> {
        std::future::pending().await
    }

    let addr = serve(GreeterServer::new(Server::default())).await;
    let mut client = GreeterClient::new(client(channel(addr), (costs(), dawdle())));
    let mut request = Request::new(hello("a"));
    request.set_timeout(Duration::from_millis(50));
    let status = client.say_hello(request).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(status.metadata().get("x-cost").unwrap(), "3");
}

#[tokio::test]
async fn without_any_time_nothing_is_sent() {
    let server = Server::default();
    let timeouts = Arc::clone(&server.timeouts);
    let mut client = GreeterClient::new(client(GreeterServer::new(server), ()));
    let status = client.say_hello(in_time(hello("a"), Duration::ZERO)).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(timeouts.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_timeout_of_an_endpoint_is_a_deadline() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let addr = serve(GreeterServer::new(Server { tracer, ..Server::default() })).await;
    let endpoint =
        Endpoint::from_shared(format!("http://{addr}")).unwrap().timeout(Duration::from_millis(20));
    let mut client = GreeterClient::new(client(endpoint.connect_lazy(), ()));
    assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::DeadlineExceeded);
}

//! The quota: a name is greeted once a day.

mod support;

use std::time::Duration;

use greeter::auth::{TOKEN, Token};
use greeter::quota::QuotaExceeded;
use greeter::server::MyGreeter;
use support::program::Running;
use support::{answer, answers, client, greeter, hello, started, stranger, with_metadata};
use tonic::Code;
use vestibule::details::{self, QuotaFailure};

async fn strict() -> std::net::SocketAddr {
    started(MyGreeter::new(Token::new(TOKEN), 100, 100), std::future::pending()).await
}

#[tokio::test]
async fn each_name_is_greeted_once_whoever_asks() {
    let addr = strict().await;
    for name in ["Ada", "小明", "ada", "", "Ada "] {
        assert_eq!(answer(client(addr).say_hello(hello(name)).await), format!("hello {name}"));
    }
    for name in ["Ada", "小明", ""] {
        let status = client(addr).say_hello(hello(name)).await.expect_err("it was greeted");
        assert_eq!((status.code(), status.message()), (Code::ResourceExhausted, "Request limit exceeded."));
        let failure = details::find::<QuotaFailure>(&status).expect("it says which quota");
        let [violation] = failure.violations.as_slice() else { panic!("{failure:?}") };
        assert_eq!(violation.subject, format!("name:{name}"));
        assert_eq!(violation.description, "限制每个name调用一次");
        let error = QuotaExceeded::try_from(&status).expect("it is the greeter's own error");
        assert_eq!(error.name, name);
        let wait = error.retry_after.and_then(|retry| retry.retry_delay).expect("it says when to try again");
        assert!(wait > Duration::from_secs(80_000) && wait <= Duration::from_secs(86_400), "{wait:?}");
    }
}

#[tokio::test]
async fn a_call_that_is_refused_does_not_count() {
    let addr = strict().await;
    let wrong = with_metadata(hello("Ada"), &[("authorization", "Bearer wrong")]);
    assert_eq!(answer(stranger(addr).say_hello(wrong).await), "UNAUTHENTICATED: invalid token");
    assert_eq!(answer(client(addr).say_hello(hello("Ada")).await), "hello Ada");
}

#[tokio::test]
async fn streams_greet_as_often_as_one_likes() {
    let addr = strict().await;
    for _ in 0..2 {
        assert_eq!(answers(client(addr).lots_of_replies(hello("Ada")).await).await.len(), 4);
    }
}

#[tokio::test]
async fn a_name_of_a_megabyte_is_refused_in_a_status_that_arrives() {
    let addr = strict().await;
    let name = "x".repeat(1 << 20);
    assert!(client(addr).say_hello(hello(&name)).await.is_ok());
    let status = client(addr).say_hello(hello(&name)).await.expect_err("it was greeted");
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(status.message(), "Request limit exceeded. [3 details left out]");
}

#[tokio::test]
async fn without_a_quota_nothing_is_counted() {
    let addr = greeter().await;
    for _ in 0..3 {
        assert_eq!(answer(client(addr).say_hello(hello("Ada")).await), "hello Ada");
    }
}

#[tokio::test]
async fn no_quota_switches_it_off() {
    for (args, expected) in [
        (&["--no-quota"][..], "hello Ada"),
        (&[], "RESOURCE_EXHAUSTED: Request limit exceeded.\n    name:Ada: 限制每个name调用一次"),
    ] {
        let (server, addr) = Running::serve(args);
        let addr = addr.parse().expect("an address");
        assert_eq!(answer(client(addr).say_hello(hello("Ada")).await), "hello Ada");
        assert_eq!(answer(client(addr).say_hello(hello("Ada")).await), expected);
        drop(server);
    }
}

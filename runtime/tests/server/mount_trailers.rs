//! A mount sends trailers after a single response as well.

use tokio::sync::mpsc;
use vestibule::{Code, Mount};

use super::mounted::{Odd, mounted, names};
use crate::support::tracer::{Plan, Tracer};
use crate::support::{PATHS, connect_greeter, hello, raw, serve};

#[tokio::test]
async fn trailers_follow_a_single_response() {
    let tracer = Tracer::default();
    let addr = mounted(&tracer).await;
    let mut client = connect_greeter(addr).await;
    for metadata in [
        client.say_hello(hello("a")).await.unwrap().metadata().clone(),
        client.lots_of_greetings(names()).await.unwrap().metadata().clone(),
    ] {
        assert_eq!(metadata.get("x-cost").unwrap(), "3");
    }
    let reply = raw::call(addr, PATHS[0], &hello("a")).await;
    assert!(reply.headers.get("x-cost").is_none(), "it is no header");
    assert_eq!(reply.trailers.get("x-cost").unwrap(), "3");
    assert_eq!(reply.trailers.get("grpc-status").unwrap(), "0");
    let mut responses = client.lots_of_replies(hello("a")).await.unwrap().into_inner();
    assert_eq!(responses.trailers().await.unwrap().unwrap().get("x-cost").unwrap(), "3");
}

#[tokio::test]
async fn trailers_follow_a_failure() {
    let failing = Tracer::new(Plan { fails: "H", ..Plan::default() });
    let mut client = connect_greeter(mounted(&failing).await).await;
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(
        (status.code(), status.metadata().get("x-cost").unwrap().to_str().unwrap()),
        (Code::Aborted, "3")
    );
}

#[tokio::test]
async fn trailers_forge_no_header_of_the_protocol() {
    let addr = serve(Mount::new(Odd(mpsc::channel(1).0))).await;
    let reply = raw::call(addr, PATHS[0], &hello("a")).await;
    let trailers: Vec<_> =
        reply.trailers.iter().map(|(key, value)| (key.as_str(), value.to_str().unwrap())).collect();
    assert_eq!(trailers.len(), 2, "{trailers:?}");
    assert!(
        trailers.contains(&("grpc-status", "0")) && trailers.contains(&("x-kept", "yes")),
        "{trailers:?}"
    );
}

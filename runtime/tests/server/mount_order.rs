//! A mount runs the starts of a chain before it reads the body.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::StreamBody;
use tokio_stream::StreamExt;
use tonic::body::Body;
use vestibule::{Mount, Status};

use super::mounted::{Demanding, mounted, names};
use crate::support::traceable::silence;
use crate::support::tracer::{Plan, Tracer};
use crate::support::{
    PATHS, all_responses, answer, connect, connect_greeter, hello, ping, raw, serve, surely,
};

#[tokio::test]
async fn each_shape_is_served_with_the_same_trace() {
    let tracer = Tracer::default();
    let mut client = connect_greeter(mounted(&tracer).await).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = all_responses(client.lots_of_replies(hello("a b")).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.w A.w B.f(ok) A.f(ok)");
    assert_eq!(client.lots_of_greetings(names()).await.unwrap().into_inner().reply, "a b");
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r A.r B.r B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = all_responses(client.bidi_hello(names()).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r B.w A.w A.r B.r B.w A.w B.f(ok) A.f(ok)");
}

/// Returns a message of a gigabyte, which comes as fast as possible or with pauses.
fn gigabyte(pause: Option<Duration>) -> Body {
    let head = tokio_stream::once(Bytes::from_static(&[0, 0x40, 0, 0, 0]));
    let data = tokio_stream::iter(std::iter::repeat_n(Bytes::from_static(&[b'x'; 10_000]), 107_375));
    let data = data.then(move |piece| async move {
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
        piece
    });
    let frames = head.chain(data).map(|piece| Ok::<_, Status>(http_body::Frame::data(piece)));
    Body::new(StreamBody::new(frames))
}

#[tokio::test]
async fn a_refused_call_has_its_status_before_any_byte_of_the_body() {
    let tracer = Tracer::new(Plan { fails: "B.s", ..Plan::default() });
    let addr = mounted(&tracer).await;
    for path in PATHS {
        for body in [silence(), gigabyte(None), gigabyte(Some(Duration::from_millis(50)))] {
            let reply = raw::reply(addr, raw::request(path).body(body).unwrap()).await;
            assert_eq!((reply.get("grpc-status"), reply.get("grpc-message")), (Some("10"), Some("B.s")));
            assert_eq!(tracer.take(), "A.s B.s A.f(Aborted)");
        }
    }
}

#[tokio::test]
async fn metadata_that_is_demanded_is_looked_for_before_the_body() {
    let addr = serve(Mount::new(Demanding)).await;
    let refused = async |request: http::request::Builder| {
        raw::reply(addr, request.body(silence()).unwrap()).await.get("grpc-message").unwrap().to_owned()
    };
    let request = || raw::request("/probe.Probe/Echo");
    assert_eq!(refused(request()).await, "metadata%20%60request-id%60%20is%20missing");
    let malformed = request().header("request-id", "1").header("x-number", "one");
    assert!(refused(malformed).await.contains("x-number"));
    let mut client = connect(addr).await;
    assert_eq!(answer(client.echo(ping(&[("request-id", "1"), ("x-number", "7")])).await).unwrap(), "7");
}

#[tokio::test]
async fn a_client_that_goes_away_interrupts_the_chain() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let mut client = connect_greeter(mounted(&tracer).await).await;
    let call = tokio::spawn(async move { client.say_hello(hello("a")).await });
    surely(tracer.shared.hanging.notified()).await;
    call.abort();
    tracer.finished().await;
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.f(interrupted) A.f(interrupted)");
}

//! On a client, `only` and `except` decide by the method that is called.

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use vestibule::{Code, MethodInfo, Shape, client, except, only};

use super::server::{Server, channel};
use crate::support::lists::{named_list, traced};
use crate::support::tracer::{Plan, Tracer};
use crate::support::{PATHS, all_responses, hello, serve};

const SAY_HELLO: &MethodInfo = &MethodInfo::new(PATHS[0], Shape::Unary);
const LOTS_OF_REPLIES: &MethodInfo = &MethodInfo::new(PATHS[1], Shape::ServerStreaming);
const BIDI_HELLO: &MethodInfo = &MethodInfo::new(PATHS[3], Shape::Bidirectional);

/// Makes a client with an entry for two methods, and a named list for the others.
macro_rules! client {
    ($tracer:expr) => {{
        let tracer = $tracer;
        let channel = channel(serve(GreeterServer::new(Server::default())).await);
        GreeterClient::new(client(
            channel,
            (
                only([SAY_HELLO, LOTS_OF_REPLIES], traced("B", tracer)),
                except([SAY_HELLO, BIDI_HELLO], named_list(tracer.clone())),
            ),
        ))
    }};
}

#[tokio::test]
async fn an_interceptor_applies_to_its_methods_alone() {
    let tracer = Tracer::default();
    let mut client = client!(&tracer);
    client.say_hello(hello("a")).await.unwrap();
    assert_eq!(tracer.take(), "B.s B.r B.w B.f(ok)");
    all_responses(client.lots_of_replies(hello("a")).await).await.1.unwrap();
    let (starts, ends) = ("B.s A.s D.s E.s F.s N.s", "E.f(ok) A.f(ok) B.f(ok)");
    assert_eq!(tracer.take(), format!("{starts} B.r A.r E.r E.w A.w B.w {ends}"));
    client.lots_of_greetings(tokio_stream::once(hello("a"))).await.unwrap();
    let trace = tracer.take();
    assert!(trace.starts_with("A.s D.s E.s F.s N.s ") && !trace.contains('B'), "{trace}");
    all_responses(client.bidi_hello(tokio_stream::once(hello("a"))).await).await.1.unwrap();
    assert_eq!(tracer.take(), "");
}

#[tokio::test]
async fn an_interceptor_rejects_the_calls_of_its_methods_alone() {
    let tracer = Tracer::new(Plan { fails: "N.s", ..Plan::default() });
    let mut client = client!(&tracer);
    client.say_hello(hello("a")).await.unwrap();
    assert_eq!(client.lots_of_replies(hello("a")).await.unwrap_err().code(), Code::Aborted);
    let greetings = client.lots_of_greetings(tokio_stream::once(hello("a"))).await;
    assert_eq!(greetings.unwrap_err().code(), Code::Aborted);
    all_responses(client.bidi_hello(tokio_stream::once(hello("a"))).await).await.1.unwrap();
}

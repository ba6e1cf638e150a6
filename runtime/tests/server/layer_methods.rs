//! In a layer, `only` and `except` decide by the path, and a prefix makes no call exempt.

use proto::hello::greeter_server::GreeterServer;
use tonic::body::Body;
use tonic::transport::Server;
use vestibule::{Code, MethodInfo, Shape, except, layer, only};

use super::plain_service::{Plain, serve_behind};
use crate::support::lists::{named_list, traced};
use crate::support::tracer::{Plan, Tracer};
use crate::support::{PATHS, all_responses, connect_greeter, hello, raw};

const SAY_HELLO: &MethodInfo = &MethodInfo::new(PATHS[0], Shape::Unary);
const LOTS_OF_REPLIES: &MethodInfo = &MethodInfo::new(PATHS[1], Shape::ServerStreaming);
const BIDI_HELLO: &MethodInfo = &MethodInfo::new(PATHS[3], Shape::Bidirectional);

/// Serves behind a layer with an entry for two methods, and a named list for the others.
macro_rules! serve {
    ($tracer:expr $(, $nested_under:ident($prefix:literal))?) => {{
        let tracer = $tracer;
        let layer = layer((
            only([SAY_HELLO, LOTS_OF_REPLIES], traced("B", tracer)),
            except([SAY_HELLO, BIDI_HELLO], named_list(tracer.clone())),
            traced("C", tracer),
        ))$(.$nested_under($prefix))?;
        let service = GreeterServer::new(Plain { tracer: tracer.clone(), ..Plain::default() });
        serve_behind(Server::builder().layer(layer), service).await
    }};
}

#[tokio::test]
async fn an_interceptor_applies_to_its_methods_alone() {
    let tracer = Tracer::default();
    let mut client = connect_greeter(serve!(&tracer)).await;
    client.say_hello(hello("a")).await.unwrap();
    assert_eq!(tracer.take(), "B.s C.s B.r C.r H C.w B.w C.f(ok) B.f(ok)");
    all_responses(client.lots_of_replies(hello("a")).await).await.1.unwrap();
    tracer.finished().await;
    let (starts, ends) = ("B.s A.s D.s E.s F.s N.s C.s", "C.f(ok) E.f(ok) A.f(ok) B.f(ok)");
    assert_eq!(tracer.take(), format!("{starts} B.r A.r E.r C.r H C.w E.w A.w B.w {ends}"));
    client.lots_of_greetings(tokio_stream::once(hello("a"))).await.unwrap();
    tracer.finished().await;
    let trace = tracer.take();
    assert!(trace.starts_with("A.s D.s E.s F.s N.s C.s "), "{trace}");
    assert!(!trace.contains('B'), "{trace}");
    all_responses(client.bidi_hello(tokio_stream::once(hello("a"))).await).await.1.unwrap();
    let trace = tracer.take();
    assert!(trace.starts_with("C.s ") && trace.ends_with(" C.f(ok)"), "{trace}");
    assert!(!trace.contains('A') && !trace.contains('B'), "{trace}");
}

#[tokio::test]
async fn an_interceptor_rejects_the_calls_of_its_methods_alone() {
    let tracer = Tracer::new(Plan { fails: "B.s", ..Plan::default() });
    let mut client = connect_greeter(serve!(&tracer)).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::Aborted);
    assert_eq!(client.lots_of_replies(hello("a")).await.unwrap_err().code(), Code::Aborted);
    client.lots_of_greetings(tokio_stream::once(hello("a"))).await.unwrap();
}

/// Names behind a prefix that the layer does not know are not safe to compare. So no call is exempt, and no guard is avoided.
#[tokio::test]
async fn an_interceptor_applies_to_each_path_with_an_unknown_prefix() {
    let tracer = Tracer::default();
    let addr = serve!(&tracer);
    for path in
        ["/x/pb.Greeter/SayHello", "/pb.Greeter/SayHello/pb.Greeter/BidiHello", "/pb.Greeter//SayHello"]
    {
        let reply = raw::reply(addr, raw::request(path).body(Body::empty()).unwrap()).await;
        assert_eq!(reply.get("grpc-status"), Some("12"));
        tracer.finished().await;
        let (starts, end) = ("B.s A.s D.s E.s F.s N.s C.s", "(Unimplemented)");
        let trace = tracer.take();
        assert_eq!(trace, format!("{starts} C.f{end} E.f{end} A.f{end} B.f{end}"), "{path}");
    }
}

#[tokio::test]
async fn a_known_prefix_does_not_belong_to_the_method() {
    let tracer = Tracer::default();
    let addr = serve!(&tracer, nested_under("/x"));
    raw::reply(addr, raw::request("/x/pb.Greeter/SayHello").body(Body::empty()).unwrap()).await;
    let trace = tracer.take();
    assert!(trace.starts_with("B.s C.s "), "{trace}");
}

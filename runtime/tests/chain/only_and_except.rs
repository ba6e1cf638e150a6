//! `only` and `except` decide by the method whether an interceptor applies, in each shape of rpc.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use vestibule::{
    Call, Code, Interceptor, MethodInfo, Rest, Shape, Status, Streaming, except, interceptor, only,
};

use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{PATHS, Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    an_interceptor_applies_to_its_methods_alone,
    an_interceptor_rejects_the_calls_of_its_methods_alone,
    an_interceptor_that_does_not_apply_sees_no_end
);

const SAY_HELLO: &MethodInfo = &MethodInfo::new(PATHS[0], Shape::Unary);
const LOTS_OF_REPLIES: &MethodInfo = &MethodInfo::new(PATHS[1], Shape::ServerStreaming);
const BIDI_HELLO: &MethodInfo = &MethodInfo::new(PATHS[3], Shape::Bidirectional);

/// A named list with an entry that wraps and has hooks, and with one that applies to a method of its own.
#[interceptor(Traced("D", &tracer), only([BIDI_HELLO], starts(&tracer)))]
async fn listed(tracer: Tracer, call: &Call) -> Result<String, Status> {
    tracer.async_event("N.s").await?;
    Ok(call.method().name().to_owned())
}

#[interceptor]
async fn starts(tracer: &Tracer) -> Result<(), Status> {
    tracer.async_event("E.s").await
}

/// A function that wraps the call.
#[interceptor]
async fn wraps(tracer: &Tracer, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    let _ = tracer.event("W");
    result
}

#[derive(Clone)]
struct Service(Tracer);

#[interceptor(
    Traced("A", &self.0),
    some = only([SAY_HELLO, BIDI_HELLO], Traced("B", &self.0)),
    list = except([SAY_HELLO, LOTS_OF_REPLIES], listed(self.0.clone())),
    only([LOTS_OF_REPLIES], wraps(&self.0)),
    Traced("C", &self.0)
)]
impl Greeter for Service {
    async fn say_hello(
        &self,
        request: HelloRequest,
        some: &Option<&'static str>,
        list: &Option<String>,
    ) -> Result<HelloResponse, Status> {
        self.0.async_event("H").await?;
        Ok(HelloResponse { reply: format!("{} {some:?} {list:?}", request.name) })
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
        some: &Option<&'static str>,
        list: &Option<String>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.0.async_event("H").await?;
        let reply = format!("{} {some:?} {list:?}", request.name);
        Ok(tokio_stream::iter([Ok::<_, Status>(HelloResponse { reply })]))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
        some: &Option<&'static str>,
        list: &Option<String>,
    ) -> Result<HelloResponse, Status> {
        self.0.async_event("H").await?;
        let request = requests.message().await?.unwrap_or_default();
        Ok(HelloResponse { reply: format!("{} {some:?} {list:?}", request.name) })
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
        some: &Option<&'static str>,
        list: &Option<String>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.0.async_event("H").await?;
        Ok(requests.map(move |request| {
            request.map(|request| HelloResponse { reply: format!("{} {some:?} {list:?}", request.name) })
        }))
    }
}

type Played = (String, Vec<String>, Result<(), (Code, String)>);

/// Makes a call of each shape, and returns the traces and what the client sees.
async fn play(setup: Setup, plan: Plan) -> [Played; 4] {
    let play = async |shape: usize| {
        let tracer = Tracer::new(plan);
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Service(tracer.clone())))).await;
        let one = |result: Result<tonic::Response<HelloResponse>, Status>| match result {
            Ok(response) => (vec![response.into_inner().reply], Ok(())),
            Err(status) => (vec![], Err((status.code(), status.message().to_owned()))),
        };
        let (responses, end) = match shape {
            0 => one(client.say_hello(hello("a")).await),
            1 => all_responses(client.lots_of_replies(hello("a")).await).await,
            2 => one(client.lots_of_greetings(tokio_stream::once(hello("a"))).await),
            _ => all_responses(client.bidi_hello(tokio_stream::once(hello("a"))).await).await,
        };
        tracer.finished().await;
        (tracer.trace(), responses, end)
    };
    [play(0).await, play(1).await, play(2).await, play(3).await]
}

async fn an_interceptor_applies_to_its_methods_alone(setup: Setup) {
    let played = play(setup, Plan::default()).await;
    for ((trace, responses, end), (expected, response)) in played.iter().zip([
        ("A.s B.s C.s A.r B.r C.r H C.w B.w A.w C.f(ok) B.f(ok) A.f(ok)", r#"a Some("B") None"#),
        ("A.s C.s A.r C.r H C.w A.w C.f(ok) W A.f(ok)", "a None None"),
        (
            "A.s D.s N.s C.s H A.r D.r C.r C.w D.w A.w C.f(ok) D.f(ok) A.f(ok)",
            r#"a None Some("LotsOfGreetings")"#,
        ),
        (
            "A.s B.s D.s E.s N.s C.s H A.r B.r D.r C.r C.w D.w B.w A.w C.f(ok) D.f(ok) B.f(ok) A.f(ok)",
            r#"a Some("B") Some("BidiHello")"#,
        ),
    ]) {
        assert_eq!(trace, expected);
        assert_eq!((&**responses, end), (&[response.to_owned()][..], &Ok(())));
    }
}

async fn an_interceptor_rejects_the_calls_of_its_methods_alone(setup: Setup) {
    for (event, rejects) in [
        ("B.s", [true, false, false, true]),
        ("B.r", [true, false, false, true]),
        ("B.w", [true, false, false, true]),
        ("D.s", [false, false, true, true]),
        ("D.w", [false, false, true, true]),
        ("E.s", [false, false, false, true]),
        ("N.s", [false, false, true, true]),
    ] {
        let played = play(setup, Plan { fails: event, ..Plan::default() }).await;
        for ((trace, _, end), is_rejected) in played.into_iter().zip(rejects) {
            let expected = if is_rejected { Err((Code::Aborted, event.to_owned())) } else { Ok(()) };
            assert_eq!(end, expected, "{event}: {trace}");
        }
    }
}

async fn an_interceptor_that_does_not_apply_sees_no_end(setup: Setup) {
    for (trace, ..) in play(setup, Plan { fails: "C.s", ..Plan::default() }).await {
        for name in ["B", "D"] {
            let has = |event: &str| trace.contains(&format!("{name}.{event}"));
            assert_eq!(has("s"), has("f(Aborted)"), "{trace}");
        }
    }
}

#[test]
fn it_may_be_a_constant_that_says_its_methods() {
    #[derive(Debug)]
    struct Nothing;

    impl Interceptor for Nothing {
        type Provides = ();
        type Hooks = ();

        async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
            Ok(((), ()))
        }
    }

    const NOT_HELLO: vestibule::ForMethods<Nothing, 1> = except([SAY_HELLO], Nothing);
    let text = format!("{NOT_HELLO:?}");
    assert!(text.contains("except: ") && text.contains("/pb.Greeter/SayHello"), "{text}");
    assert!(format!("{:?}", only([SAY_HELLO], Nothing)).contains("only: "));
}

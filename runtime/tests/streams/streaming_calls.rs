//! A call that streams passes its interceptors in order, and each failure skips what comes after it.

use std::time::Duration;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use vestibule::{Code, Status, Streaming, interceptor};

use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    a_stream_that_goes_well_passes_each_interceptor_in_order,
    a_start_rejects_before_the_first_message,
    a_request_hook_rejects_the_nth_message_whatever_the_handler_makes_of_it,
    a_response_hook_rejects_the_nth_message_after_the_others_were_delivered,
    a_handler_or_a_stream_that_fails_skips_the_response_hooks,
    a_panic_anywhere_is_internal,
    a_client_that_goes_away_in_the_midst_of_a_stream_interrupts_the_chain,
    a_client_that_goes_away_before_a_stream_begins_interrupts_the_chain,
    a_client_that_goes_away_while_it_sends_interrupts_the_chain,
    a_deadline_that_passes_before_the_headers_interrupts_the_chain
);

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

#[interceptor(Traced("A", self), Traced("B", self))]
impl Greeter for Tracer {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        self.async_event("H").await?;
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.async_event("H").await?;
        let name = request.name;
        Ok(tokio_stream::iter(1..=3).then(move |n| {
            let text = format!("{name} {n}");
            async move {
                self.async_event("y").await?;
                Ok(reply(text))
            }
        }))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        self.async_event("H").await?;
        let mut names = Vec::new();
        // The handler takes an error for the end, as a faulty one would.
        while let Ok(Some(request)) = requests.message().await {
            self.async_event("h").await?;
            names.push(request.name);
        }
        Ok(reply(names.join(" ")))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.async_event("H").await?;
        Ok(requests.then(move |request| async move {
            let request = request?;
            self.async_event("y").await?;
            Ok(reply(request.name))
        }))
    }
}

type End = Result<(), (Code, String)>;

fn failed<T>(code: Code, message: &str) -> Result<T, (Code, String)> {
    Err((code, message.to_owned()))
}

fn bug<T>() -> Result<T, (Code, String)> {
    failed(Code::Internal, "internal error")
}

/// Returns three greetings.
fn greetings() -> impl Stream<Item = HelloRequest> {
    tokio_stream::iter(["a", "b", "c"]).map(hello)
}

/// Makes one call, and returns its trace, the responses and the end. The trace is complete when the server has dropped
/// the
/// call, some time after the client has the status.
async fn server_streaming(setup: Setup, plan: Plan) -> (String, Vec<String>, End) {
    let tracer = Tracer::new(plan);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(tracer.clone()))).await;
    let (responses, end) = all_responses(client.lots_of_replies(hello("a")).await).await;
    (ended(&tracer).await, responses, end)
}

async fn client_streaming(setup: Setup, plan: Plan) -> (String, Result<String, (Code, String)>) {
    let tracer = Tracer::new(plan);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(tracer.clone()))).await;
    let reply = client.lots_of_greetings(greetings()).await;
    let reply = reply.map(|reply| reply.into_inner().reply).map_err(|s| (s.code(), s.message().to_owned()));
    (ended(&tracer).await, reply)
}

async fn bidirectional(setup: Setup, plan: Plan) -> (String, Vec<String>, End) {
    let tracer = Tracer::new(plan);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(tracer.clone()))).await;
    let (responses, end) = all_responses(client.bidi_hello(greetings()).await).await;
    (ended(&tracer).await, responses, end)
}

/// Returns the trace when `A` has finished, or at once if its own `start` failed.
async fn ended(tracer: &Tracer) -> String {
    if tracer.trace() != "A.s" {
        tracer.shared.finished.notified().await;
    }
    tracer.trace()
}

async fn a_stream_that_goes_well_passes_each_interceptor_in_order(setup: Setup) {
    let (trace, responses, end) = server_streaming(setup, Plan::default()).await;
    assert_eq!(trace, "A.s B.s A.r B.r H y B.w A.w y B.w A.w y B.w A.w B.f(ok) A.f(ok)");
    assert_eq!((responses, end), (vec!["a 1".to_owned(), "a 2".to_owned(), "a 3".to_owned()], Ok(())));

    let (trace, reply) = client_streaming(setup, Plan::default()).await;
    assert_eq!(trace, "A.s B.s H A.r B.r h A.r B.r h A.r B.r h B.w A.w B.f(ok) A.f(ok)");
    assert_eq!(reply, Ok("a b c".to_owned()));

    let (trace, responses, end) = bidirectional(setup, Plan::default()).await;
    let each = "A.r B.r y B.w A.w";
    assert_eq!(trace, format!("A.s B.s H {each} {each} {each} B.f(ok) A.f(ok)"));
    assert_eq!((responses, end), (vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], Ok(())));
}

/// Returns a stream of requests that never has one.
fn silent() -> impl Stream<Item = HelloRequest> {
    tokio_stream::pending()
}

async fn a_start_rejects_before_the_first_message(setup: Setup) {
    for (event, expected) in [("A.s", "A.s"), ("B.s", "A.s B.s A.f(Aborted)")] {
        let plan = Plan { fails: event, ..Plan::default() };
        let (trace, replies_, end) = server_streaming(setup, plan).await;
        assert_eq!((trace.as_str(), replies_, end), (expected, vec![], failed(Code::Aborted, event)));

        let tracer = Tracer::new(plan);
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(tracer.clone()))).await;
        let status = client.lots_of_greetings(silent()).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::Aborted, event));
        assert_eq!(ended(&tracer).await, expected);

        let tracer = Tracer::new(plan);
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(tracer.clone()))).await;
        let (none, end) = all_responses(client.bidi_hello(silent()).await).await;
        assert_eq!((none, end), (vec![], failed(Code::Aborted, event)));
        assert_eq!(ended(&tracer).await, expected);
    }
}

async fn a_request_hook_rejects_the_nth_message_whatever_the_handler_makes_of_it(setup: Setup) {
    let plan = Plan { fails: "A.r", ..Plan::default() };
    let (trace, responses, end) = server_streaming(setup, plan).await;
    assert_eq!(trace, "A.s B.s A.r B.f(Aborted) A.f(Aborted)");
    assert_eq!((responses, end), (vec![], failed(Code::Aborted, "A.r")));

    let plan = Plan { fails: "A.r", after: 1, ..Plan::default() };
    let (trace, reply) = client_streaming(setup, plan).await;
    assert_eq!(trace, "A.s B.s H A.r B.r h A.r B.f(Aborted) A.f(Aborted)");
    assert_eq!(reply, failed(Code::Aborted, "A.r"));

    let plan = Plan { fails: "B.r", after: 2, ..Plan::default() };
    let (trace, responses, end) = bidirectional(setup, plan).await;
    let each = "A.r B.r y B.w A.w";
    assert_eq!(trace, format!("A.s B.s H {each} {each} A.r B.r B.f(Aborted) A.f(Aborted)"));
    assert_eq!((responses, end), (vec!["a".to_owned(), "b".to_owned()], failed(Code::Aborted, "B.r")));
}

async fn a_response_hook_rejects_the_nth_message_after_the_others_were_delivered(setup: Setup) {
    let plan = Plan { fails: "B.w", after: 2, ..Plan::default() };
    let (trace, responses, end) = server_streaming(setup, plan).await;
    assert_eq!(trace, "A.s B.s A.r B.r H y B.w A.w y B.w A.w y B.w B.f(Aborted) A.f(Aborted)");
    assert_eq!((responses, end), (vec!["a 1".to_owned(), "a 2".to_owned()], failed(Code::Aborted, "B.w")));

    let (trace, reply) = client_streaming(setup, Plan { fails: "B.w", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s H A.r B.r h A.r B.r h A.r B.r h B.w B.f(Aborted) A.f(Aborted)");
    assert_eq!(reply, failed(Code::Aborted, "B.w"));

    let (trace, responses, end) =
        bidirectional(setup, Plan { fails: "A.w", after: 1, ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s H A.r B.r y B.w A.w A.r B.r y B.w A.w B.f(Aborted) A.f(Aborted)");
    assert_eq!((responses, end), (vec!["a".to_owned()], failed(Code::Aborted, "A.w")));
}

async fn a_handler_or_a_stream_that_fails_skips_the_response_hooks(setup: Setup) {
    let (trace, responses, end) = server_streaming(setup, Plan { fails: "H", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s A.r B.r H B.f(Aborted) A.f(Aborted)");
    assert_eq!((responses, end), (vec![], failed(Code::Aborted, "H")));

    let (trace, responses, end) =
        server_streaming(setup, Plan { fails: "y", after: 1, ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s A.r B.r H y B.w A.w y B.f(Aborted) A.f(Aborted)");
    assert_eq!((responses, end), (vec!["a 1".to_owned()], failed(Code::Aborted, "y")));

    let (trace, reply) = client_streaming(setup, Plan { fails: "h", after: 1, ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s H A.r B.r h A.r B.r h B.f(Aborted) A.f(Aborted)");
    assert_eq!(reply, failed(Code::Aborted, "h"));
}

async fn a_panic_anywhere_is_internal(setup: Setup) {
    for (event, after, expected, delivered) in [
        ("H", 0, "A.s B.s A.r B.r H B.f(panicked) A.f(panicked)", 0),
        ("B.r", 0, "A.s B.s A.r B.r B.f(panicked) A.f(panicked)", 0),
        ("y", 1, "A.s B.s A.r B.r H y B.w A.w y B.f(panicked) A.f(panicked)", 1),
        ("A.w", 1, "A.s B.s A.r B.r H y B.w A.w y B.w A.w B.f(panicked) A.f(panicked)", 1),
        ("B.f(ok)", 0, "A.s B.s A.r B.r H y B.w A.w y B.w A.w y B.w A.w B.f(ok) A.f(panicked)", 3),
    ] {
        let (trace, responses, end) =
            server_streaming(setup, Plan { panics: event, after, ..Plan::default() }).await;
        assert_eq!(trace, expected, "{event} panics");
        assert_eq!((responses.len(), end), (delivered, bug()), "{event} panics");
    }
    let (trace, reply) = client_streaming(setup, Plan { panics: "B.r", after: 1, ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s H A.r B.r h A.r B.r B.f(panicked) A.f(panicked)");
    assert_eq!(reply, bug());
    let (trace, _, end) = bidirectional(setup, Plan { panics: "A.r", after: 1, ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s H A.r B.r y B.w A.w A.r B.f(panicked) A.f(panicked)");
    assert_eq!(end, bug());
}

async fn a_client_that_goes_away_in_the_midst_of_a_stream_interrupts_the_chain(setup: Setup) {
    let tracer = Tracer::new(Plan { hangs: "y", after: 1, ..Plan::default() });
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(tracer.clone()))).await;
    let mut stream = client.lots_of_replies(hello("a")).await.unwrap().into_inner();
    assert_eq!(stream.message().await.unwrap(), Some(reply("a 1")));
    tracer.shared.hanging.notified().await;
    drop(stream);
    tracer.shared.finished.notified().await;
    let expected = "A.s B.s A.r B.r H y B.w A.w y B.f(interrupted) A.f(interrupted)";
    assert_eq!(tracer.trace(), expected);
}

async fn a_client_that_goes_away_before_a_stream_begins_interrupts_the_chain(setup: Setup) {
    for (event, expected) in
        [("B.s", "A.s B.s A.f(interrupted)"), ("H", "A.s B.s A.r B.r H B.f(interrupted) A.f(interrupted)")]
    {
        let tracer = Tracer::new(Plan { hangs: event, ..Plan::default() });
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(tracer.clone()))).await;
        let call = tokio::spawn(async move { client.lots_of_replies(hello("a")).await.map(drop) });
        tracer.shared.hanging.notified().await;
        call.abort();
        tracer.shared.finished.notified().await;
        assert_eq!(tracer.trace(), expected);
    }
}

async fn a_client_that_goes_away_while_it_sends_interrupts_the_chain(setup: Setup) {
    let tracer = Tracer::new(Plan { hangs: "h", ..Plan::default() });
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(tracer.clone()))).await;
    let call =
        tokio::spawn(async move { client.lots_of_greetings(greetings().chain(silent())).await.map(drop) });
    tracer.shared.hanging.notified().await;
    call.abort();
    tracer.shared.finished.notified().await;
    assert_eq!(tracer.trace(), "A.s B.s H A.r B.r h B.f(interrupted) A.f(interrupted)");
}

async fn a_deadline_that_passes_before_the_headers_interrupts_the_chain(setup: Setup) {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(tracer.clone()))).await;
    let mut request = tonic::Request::new(hello("a"));
    request.set_timeout(Duration::from_millis(20));
    client.lots_of_replies(request).await.expect_err("the handler hangs");
    tracer.shared.finished.notified().await;
    assert_eq!(tracer.trace(), "A.s B.s A.r B.r H B.f(interrupted) A.f(interrupted)");
}

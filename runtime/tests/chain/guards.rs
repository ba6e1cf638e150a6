//! An entry of a method that uses the message runs between the hooks and the handler.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio_stream::Stream;
use tonic::Request;
use vestibule::{Code, Status, Streaming, interceptor};

use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{Setup, answer, connect, connect_greeter, hello, in_every_setup, ping, pong, serve_in};

in_every_setup!(
    a_guard_runs_between_the_hooks_and_the_handler,
    a_guard_that_rejects_skips_the_handler,
    a_hook_that_rejects_keeps_the_message_from_the_guard,
    a_guard_that_panics_is_internal,
    a_deadline_that_passes_in_a_guard_keeps_the_call_from_the_handler,
    guards_use_what_earlier_entries_provide,
    a_guard_sees_the_request_that_the_handler_takes,
    a_guard_sees_the_message_of_a_call_whose_response_streams
);

/// Rejects the text `refused`, and provides the number of the message's bytes.
#[interceptor]
async fn checked(event: &'static str, message: &Ping, tracer: &Tracer) -> Result<usize, Status> {
    tracer.async_event(event).await?;
    if message.text == "refused" {
        Err(Status::permission_denied("not yours"))
    } else {
        Ok(message.text.len())
    }
}

#[interceptor]
async fn prefix() -> Result<String, Status> {
    Ok("seen".to_owned())
}

/// Provides a text that is made of what two earlier entries provide.
#[interceptor]
async fn described(prefix: &str, number: usize, tracer: &Tracer) -> Result<String, Status> {
    tracer.event("h")?;
    Ok(format!("{prefix} {number}"))
}

/// A service whose methods have guards.
#[derive(Clone)]
struct Guarded(Tracer);

#[interceptor(Traced("A", &self.0))]
impl Probe for Guarded {
    #[interceptor(
        Traced("B", &self.0),
        prefix = prefix(),
        Traced("C", &self.0),
        number = checked("g", &request, &self.0),
        text = described(prefix, *number, &self.0)
    )]
    async fn echo(&self, request: Ping, number: &usize, text: &String) -> Result<Pong, Status> {
        self.0.event("H")?;
        Ok(pong(format!("{} {number} {text}", request.text)))
    }

    #[rpc(name = "GetURL")]
    #[interceptor(Traced("B", &self.0), (!request.get_ref().text.is_empty() || request.get_ref().text == "|").then(|| checked("g", request.get_ref(), &self.0)))]
    async fn get_url(&self, request: Request<Ping>) -> Result<Pong, Status> {
        self.0.event("H")?;
        Ok(pong(request.into_inner().text))
    }
}

/// Makes one call, and returns its trace and what the client sees.
async fn play(setup: Setup, plan: Plan, text: &str) -> (String, Result<String, (Code, String)>) {
    let tracer = Tracer::new(plan);
    let addr = serve_in!(setup, ProbeServer::new(Guarded(tracer.clone())));
    let result = connect(addr).await.echo(Ping { text: text.to_owned() }).await;
    (tracer.trace(), answer(result))
}

async fn a_guard_runs_between_the_hooks_and_the_handler(setup: Setup) {
    let (trace, reply) = play(setup, Plan::default(), "four").await;
    assert_eq!(trace, "A.s B.s C.s A.r B.r C.r g h H C.w B.w A.w C.f(ok) B.f(ok) A.f(ok)");
    assert_eq!(reply, Ok("four 4 seen 4".to_owned()));
}

async fn a_guard_that_rejects_skips_the_handler(setup: Setup) {
    let (trace, reply) = play(setup, Plan::default(), "refused").await;
    let end = "C.f(PermissionDenied) B.f(PermissionDenied) A.f(PermissionDenied)";
    assert_eq!(trace, format!("A.s B.s C.s A.r B.r C.r g {end}"));
    assert_eq!(reply, Err((Code::PermissionDenied, "not yours".to_owned())));
}

async fn a_hook_that_rejects_keeps_the_message_from_the_guard(setup: Setup) {
    let (trace, reply) = play(setup, Plan { fails: "B.r", ..Plan::default() }, "four").await;
    assert_eq!(trace, "A.s B.s C.s A.r B.r C.f(Aborted) B.f(Aborted) A.f(Aborted)");
    assert_eq!(reply, Err((Code::Aborted, "B.r".to_owned())));
}

async fn a_guard_that_panics_is_internal(setup: Setup) {
    let (trace, reply) = play(setup, Plan { panics: "g", ..Plan::default() }, "four").await;
    assert_eq!(trace, "A.s B.s C.s A.r B.r C.r g C.f(panicked) B.f(panicked) A.f(panicked)");
    assert_eq!(reply, Err((Code::Internal, "internal error".to_owned())));
}

async fn a_deadline_that_passes_in_a_guard_keeps_the_call_from_the_handler(setup: Setup) {
    let tracer = Tracer::new(Plan { hangs: "g", ..Plan::default() });
    let addr = serve_in!(setup, ProbeServer::new(Guarded(tracer.clone())));
    let mut request = ping(&[]);
    request.set_timeout(std::time::Duration::from_millis(50));
    connect(addr).await.echo(request).await.unwrap_err();
    tracer.finished().await;
    let end = "C.f(interrupted) B.f(interrupted) A.f(interrupted)";
    assert_eq!(tracer.trace(), format!("A.s B.s C.s A.r B.r C.r g {end}"));
}

async fn guards_use_what_earlier_entries_provide(setup: Setup) {
    let (_, reply) = play(setup, Plan::default(), "a").await;
    assert_eq!(reply, Ok("a 1 seen 1".to_owned()));
}

async fn a_guard_sees_the_request_that_the_handler_takes(setup: Setup) {
    let tracer = Tracer::default();
    let addr = serve_in!(setup, ProbeServer::new(Guarded(tracer.clone())));
    let result = connect(addr).await.get_url(Ping { text: "refused".to_owned() }).await;
    assert_eq!(answer(result), Err((Code::PermissionDenied, "not yours".to_owned())));
    let result = connect(addr).await.get_url(Ping { text: "mine".to_owned() }).await;
    assert_eq!(answer(result), Ok("mine".to_owned()));
    assert!(tracer.trace().contains("B.r g H"));
}

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

/// The service of the last test.
#[derive(Clone)]
struct Polite;

#[interceptor]
async fn polite(message: &HelloRequest) -> Result<(), Status> {
    if message.name == "refused" { Err(Status::permission_denied("not yours")) } else { Ok(()) }
}

#[interceptor]
impl Greeter for Polite {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(reply(request.name))
    }

    #[interceptor(polite(&request))]
    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter([Ok(reply(request.name))]))
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Ok(reply(""))
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }
}

async fn a_guard_sees_the_message_of_a_call_whose_response_streams(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Polite))).await;
    let mut responses = client.lots_of_replies(hello("Ada")).await.unwrap().into_inner();
    assert_eq!(responses.message().await.unwrap().unwrap().reply, "Ada");
    let refused = client.lots_of_replies(hello("refused")).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::PermissionDenied, "not yours"));
}

//! An interceptor that wraps the call may provide a value in its middle.

use std::sync::{Arc, Mutex};

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Code, Outcome, RestWith, Status, interceptor};

use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{Setup, answer, in_every_setup, ping, pong, probe_in, surely};

in_every_setup!(
    an_interceptor_begins_and_provides_and_sees_the_end,
    it_sees_the_rejections_of_later_entries_and_hooks,
    an_error_before_the_value_rejects_the_call,
    without_a_value_no_call_reaches_the_handler,
    it_sees_a_panic_and_an_interruption,
    what_it_provides_is_dropped_before_it_goes_on,
    a_list_may_end_in_such_an_interceptor
);

/// A value that writes down its drop.
struct Span {
    id: u64,
    tracer: Tracer,
}

impl Drop for Span {
    fn drop(&mut self) {
        let _ = self.tracer.event("drop");
    }
}

fn end_of(result: &Result<(), Status>) -> String {
    match Outcome::of(result) {
        Outcome::Panicked(_) => "panicked".to_owned(),
        Outcome::Interrupted => "interrupted".to_owned(),
        outcome => format!("{:?}", outcome.code().unwrap_or(Code::Unknown)),
    }
}

#[interceptor]
async fn span(tracer: &Tracer, rest: impl RestWith<Span>) -> Result<(), Status> {
    tracer.async_event("S.s").await?;
    if tracer.event("forget").is_err() {
        return Ok(());
    }
    let result = rest.provide(Span { id: 7, tracer: tracer.clone() }).await;
    let _ = tracer.event(&format!("S.a({})", end_of(&result)));
    result
}

#[interceptor]
async fn needs(span: &Span, tracer: &Tracer) -> Result<u64, Status> {
    tracer.async_event("D.s").await?;
    Ok(span.id + 1)
}

#[derive(Clone)]
struct Service(Tracer);

#[interceptor(
    Traced("A", &self.0),
    span = span(&self.0),
    next = needs(span, &self.0),
    Traced("B", &self.0)
)]
impl Probe for Service {
    async fn echo(&self, _request: Ping, span: &Span, next: &u64) -> Result<Pong, Status> {
        self.0.async_event("H").await?;
        Ok(pong(format!("{} {next}", span.id)))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

async fn play(setup: Setup, plan: Plan) -> (String, Result<String, (Code, String)>) {
    let tracer = Tracer::new(plan);
    let result = probe_in!(setup, Service(tracer.clone())).echo(ping(&[])).await;
    (tracer.trace(), answer(result))
}

async fn an_interceptor_begins_and_provides_and_sees_the_end(setup: Setup) {
    let (trace, answer) = play(setup, Plan::default()).await;
    let (starts, messages) = ("A.s S.s forget D.s B.s", "A.r B.r H B.w A.w");
    assert_eq!(trace, format!("{starts} {messages} B.f(ok) S.a(Ok) drop A.f(ok)"));
    assert_eq!(answer, Ok("7 8".to_owned()));
}

async fn it_sees_the_rejections_of_later_entries_and_hooks(setup: Setup) {
    for (event, expected) in [
        ("D.s", "A.s S.s forget D.s S.a(Aborted) drop A.f(Aborted)"),
        ("B.r", "A.s S.s forget D.s B.s A.r B.r B.f(Aborted) S.a(Aborted) drop A.f(Aborted)"),
        ("H", "A.s S.s forget D.s B.s A.r B.r H B.f(Aborted) S.a(Aborted) drop A.f(Aborted)"),
    ] {
        let (trace, answer) = play(setup, Plan { fails: event, ..Plan::default() }).await;
        assert_eq!(trace, expected);
        assert_eq!(answer, Err((Code::Aborted, event.to_owned())));
    }
}

async fn an_error_before_the_value_rejects_the_call(setup: Setup) {
    let (trace, answer) = play(setup, Plan { fails: "S.s", ..Plan::default() }).await;
    assert_eq!(trace, "A.s S.s A.f(Aborted)");
    assert_eq!(answer, Err((Code::Aborted, "S.s".to_owned())));
}

async fn without_a_value_no_call_reaches_the_handler(setup: Setup) {
    let (trace, answer) = play(setup, Plan { fails: "forget", ..Plan::default() }).await;
    assert_eq!(trace, "A.s S.s forget A.f(Internal)");
    assert_eq!(answer, Err((Code::Internal, "internal error".to_owned())));
}

async fn it_sees_a_panic_and_an_interruption(setup: Setup) {
    let (trace, _) = play(setup, Plan { panics: "D.s", ..Plan::default() }).await;
    assert_eq!(trace, "A.s S.s forget D.s S.a(panicked) drop A.f(panicked)");
    for (event, expected) in [
        ("D.s", "A.s S.s forget D.s S.a(interrupted) drop A.f(interrupted)"),
        ("H", "A.s S.s forget D.s B.s A.r B.r H B.f(interrupted) S.a(interrupted) drop A.f(interrupted)"),
    ] {
        let tracer = Tracer::new(Plan { hangs: event, ..Plan::default() });
        let mut client = probe_in!(setup, Service(tracer.clone()));
        let call = tokio::spawn(async move { client.echo(ping(&[])).await });
        surely(tracer.shared.hanging.notified()).await;
        call.abort();
        tracer.finished().await;
        assert_eq!(tracer.trace(), expected);
    }
}

/// Nothing refers to the value, so it lives in the level of its interceptor.
#[derive(Clone)]
struct Unnamed(Tracer);

#[interceptor(Traced("A", &self.0), span(&self.0), Traced("B", &self.0))]
impl Probe for Unnamed {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

async fn what_it_provides_is_dropped_before_it_goes_on(setup: Setup) {
    let tracer = Tracer::default();
    let result = probe_in!(setup, Unnamed(tracer.clone())).echo(ping(&[])).await;
    assert_eq!(answer(result), Ok(String::new()));
    let (starts, messages) = ("A.s S.s forget B.s", "A.r B.r B.w A.w");
    assert_eq!(tracer.trace(), format!("{starts} {messages} B.f(ok) S.a(Ok) drop A.f(ok)"));
}

/// A list whose function wraps the rest of the call, and provides a value.
#[interceptor(Traced("B", tracer), name = named(tracer))]
async fn listed(
    tracer: &Tracer,
    name: &String,
    names: Arc<Mutex<Vec<String>>>,
    rest: impl RestWith<(Tracer, String)>,
) -> Result<(), Status> {
    tracer.async_event("L.s").await?;
    let result = rest.provide((tracer.clone(), name.clone())).await;
    names.lock().unwrap().push(format!("{name} {}", end_of(&result)));
    result
}

#[interceptor]
async fn named(tracer: &Tracer) -> Result<String, Status> {
    tracer.async_event("D.s").await?;
    Ok("seven".to_owned())
}

#[derive(Clone)]
struct Listed(Tracer, Arc<Mutex<Vec<String>>>);

#[interceptor(Traced("A", &self.0), provided = listed(&self.0, self.1.clone()), Traced("C", &self.0))]
impl Probe for Listed {
    async fn echo(&self, _request: Ping, provided: &(Tracer, String)) -> Result<Pong, Status> {
        provided.0.event("H")?;
        Ok(pong(&provided.1))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

async fn a_list_may_end_in_such_an_interceptor(setup: Setup) {
    for (event, expected, end) in [
        ("", "A.s B.s D.s L.s C.s A.r B.r C.r H C.w B.w A.w C.f(ok) B.f(ok) A.f(ok)", Some("seven Ok")),
        ("D.s", "A.s B.s D.s B.f(Aborted) A.f(Aborted)", None),
        ("L.s", "A.s B.s D.s L.s B.f(Aborted) A.f(Aborted)", None),
        ("C.s", "A.s B.s D.s L.s C.s B.f(Aborted) A.f(Aborted)", Some("seven Aborted")),
        (
            "C.w",
            "A.s B.s D.s L.s C.s A.r B.r C.r H C.w C.f(Aborted) B.f(Aborted) A.f(Aborted)",
            Some("seven Aborted"),
        ),
    ] {
        let service = Listed(Tracer::new(Plan { fails: event, ..Plan::default() }), Arc::default());
        let result = probe_in!(setup, service.clone()).echo(ping(&[])).await;
        assert_eq!(result.is_ok(), event.is_empty());
        assert_eq!(service.0.trace(), expected);
        assert_eq!(service.1.lock().unwrap().first().map(String::as_str), end);
    }
}

//! A named list is one entry of another list, and the call passes it as if its entries were written in its place.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Call, Code, Hooks, Interceptor, Rest, Rpc, Status, interceptor};

use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{Setup, answer, in_every_setup, ping, pong, probe_in, surely};

in_every_setup!(
    a_call_that_goes_well_passes_the_entries_of_a_list_in_their_place,
    each_failure_and_each_panic_is_that_of_a_list_written_in_its_place,
    an_interruption_is_that_of_a_list_written_in_its_place,
    a_list_provides_what_its_function_returns,
    a_list_that_is_skipped_does_not_run,
    a_list_in_a_pointer_or_an_option_is_a_list,
    a_list_may_stand_for_a_type_parameter,
    a_method_may_have_a_list_of_its_own
);

// These tests run in one setup only:
// - `a_list_that_is_started_by_hand_rejects_the_call` makes no call over the network.

/// An entry that is no literal, so that it stands in the flat part of a chain.
fn traced<'a>(name: &'static str, tracer: &'a Tracer) -> Traced<&'a Tracer> {
    Traced(name, tracer)
}

/// An entry that only runs before the call.
#[interceptor]
async fn start_only(name: &'static str, tracer: &Tracer) -> Result<&'static str, Status> {
    tracer.async_event(name).await?;
    Ok(name)
}

/// A list in a list. The first entry wraps, has hooks and is a literal.
#[interceptor(Traced("B", tracer), start_only("D.s", tracer))]
async fn inner(tracer: &Tracer) -> Result<(), Status> {
    tracer.async_event("E.s").await
}

#[interceptor(traced("A", tracer), inner(tracer), start = start_only("F.s", tracer), traced("G", tracer))]
async fn base(tracer: &Tracer, start: &&'static str) -> Result<String, Status> {
    tracer.async_event("N.s").await?;
    Ok(format!("after {start}"))
}

#[derive(Clone)]
struct Named(Tracer);

#[interceptor(base(&self.0), traced("C", &self.0))]
impl Probe for Named {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        self.0.async_event("H").await?;
        Ok(pong(request.text))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

/// The same entries, written in the place of the list.
#[derive(Clone)]
struct InPlace(Tracer);

#[interceptor(
    traced("A", &self.0),
    Traced("B", &self.0),
    start_only("D.s", &self.0),
    start_only("E.s", &self.0),
    start_only("F.s", &self.0),
    traced("G", &self.0),
    start_only("N.s", &self.0),
    traced("C", &self.0)
)]
impl Probe for InPlace {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        self.0.async_event("H").await?;
        Ok(pong(request.text))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

type Played = (String, Result<String, (Code, String)>);

/// Makes one call of each service, and returns the traces and what the clients see.
async fn play(setup: Setup, plan: Plan) -> [Played; 2] {
    let [named, in_place] = [Tracer::new(plan), Tracer::new(plan)];
    let named_result = probe_in!(setup, Named(named.clone())).echo(ping(&[])).await;
    let in_place_result = probe_in!(setup, InPlace(in_place.clone())).echo(ping(&[])).await;
    [(named.trace(), answer(named_result)), (in_place.trace(), answer(in_place_result))]
}

async fn a_call_that_goes_well_passes_the_entries_of_a_list_in_their_place(setup: Setup) {
    let [named, in_place] = play(setup, Plan::default()).await;
    let starts = "A.s B.s D.s E.s F.s G.s N.s C.s";
    let messages = "A.r B.r G.r C.r H C.w G.w B.w A.w";
    assert_eq!(named.0, format!("{starts} {messages} C.f(ok) G.f(ok) B.f(ok) A.f(ok)"));
    assert_eq!(named, in_place);
}

/// The events that can fail or panic.
const EVENTS: [&str; 17] = [
    "A.s", "B.s", "D.s", "E.s", "F.s", "G.s", "N.s", "C.s", "A.r", "B.r", "G.r", "C.r", "H", "C.w", "G.w",
    "B.w", "A.w",
];

/// The ends of interceptors, which can panic.
const ENDS: [&str; 8] =
    ["A.around", "B.around", "G.around", "C.around", "A.f(ok)", "B.f(ok)", "G.f(ok)", "C.f(ok)"];

async fn each_failure_and_each_panic_is_that_of_a_list_written_in_its_place(setup: Setup) {
    for event in EVENTS {
        for plan in [
            Plan { fails: event, ..Plan::default() },
            Plan { panics: event, ..Plan::default() },
            Plan { says_ok: event, ..Plan::default() },
        ] {
            let [named, in_place] = play(setup, plan).await;
            assert_eq!(named, in_place, "{event}");
            assert!(named.1.is_err(), "{event}");
        }
    }
    for event in ENDS {
        let [named, in_place] = play(setup, Plan { panics: event, ..Plan::default() }).await;
        assert_eq!(named, in_place, "{event} panics");
    }
}

/// Makes a call that hangs at an event, drops it on the side of the client, and returns the trace.
macro_rules! interrupted {
    ($setup:expr, $event:expr, $service:ident) => {{
        let tracer = Tracer::new(Plan { hangs: $event, ..Plan::default() });
        let mut client = probe_in!($setup, $service(tracer.clone()));
        let call = tokio::spawn(async move { client.echo(ping(&[])).await });
        surely(tracer.shared.hanging.notified()).await;
        call.abort();
        if $event != "A.s" {
            tracer.finished().await;
        }
        tracer.trace()
    }};
}

/// Makes a call that hangs at an event until its deadline has passed, and returns the trace.
macro_rules! late {
    ($setup:expr, $event:expr, $service:ident) => {{
        let tracer = Tracer::new(Plan { hangs: $event, ..Plan::default() });
        let mut request = ping(&[]);
        request.set_timeout(std::time::Duration::from_millis(20));
        let result = probe_in!($setup, $service(tracer.clone())).echo(request).await;
        result.expect_err("the call hangs");
        tracer.finished().await;
        tracer.trace()
    }};
}

async fn an_interruption_is_that_of_a_list_written_in_its_place(setup: Setup) {
    for event in ["A.s", "B.s", "D.s", "E.s", "F.s", "G.s", "N.s", "C.s", "H"] {
        assert_eq!(interrupted!(setup, event, Named), interrupted!(setup, event, InPlace), "{event} hangs");
    }
    let trace = late!(setup, "N.s", Named);
    assert_eq!(trace, "A.s B.s D.s E.s F.s G.s N.s G.f(interrupted) B.f(interrupted) A.f(interrupted)");
    assert_eq!(trace, late!(setup, "N.s", InPlace));
    assert_eq!(late!(setup, "H", Named), late!(setup, "H", InPlace));
}

#[derive(Clone, Default)]
struct Services {
    tracer: Tracer,
    is_open: bool,
}

/// A list that borrows from a plain parameter, clones another one, and takes part of the call.
#[interceptor(starts = start_only(name, tracer))]
async fn named_starts<'a>(
    name: &'static str,
    suffix: String,
    tracer: &'a Tracer,
    call: &Call,
    #[metadata("x-tenant")] tenant: Option<&str>,
    starts: &&'static str,
) -> Result<(&'a Tracer, String), Status> {
    assert_eq!(starts, &name);
    Ok((tracer, format!("{starts}{suffix} {} {tenant:?}", call.method().name())))
}

#[interceptor(rejects())]
async fn closed() -> Result<(), Status> {
    Ok(())
}

#[interceptor]
async fn rejects() -> Result<(), Status> {
    Err(Status::permission_denied("closed"))
}

#[interceptor(
    shut = closed(),
    (!self.is_open).then(closed),
    std::sync::Arc::new(Box::new(Some(traced("B", &self.tracer)))),
    provided = Some(named_starts("A.s", ".".to_owned(), &self.tracer))
)]
impl Probe for Services {
    #[skip(shut)]
    async fn echo(&self, _request: Ping, provided: &Option<(&Tracer, String)>) -> Result<Pong, Status> {
        let (tracer, text) = provided.as_ref().ok_or_else(|| Status::internal("none"))?;
        tracer.event("H")?;
        Ok(pong(text))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

async fn a_list_provides_what_its_function_returns(setup: Setup) {
    let services = Services { is_open: true, ..Services::default() };
    let result = probe_in!(setup, services.clone()).echo(ping(&[("x-tenant", "acme")])).await;
    assert_eq!(answer(result), Ok("A.s. Echo Some(\"acme\")".to_owned()));
    assert_eq!(services.tracer.trace(), "B.s A.s B.r H B.w B.f(ok)");
}

async fn a_list_that_is_skipped_does_not_run(setup: Setup) {
    let services = Services { is_open: true, ..Services::default() };
    let result = probe_in!(setup, services.clone()).get_url(ping(&[])).await;
    assert_eq!(answer(result), Err((Code::PermissionDenied, "closed".to_owned())));
    assert_eq!(services.tracer.trace(), "");
}

async fn a_list_in_a_pointer_or_an_option_is_a_list(setup: Setup) {
    let services = Services::default();
    let result = probe_in!(setup, services.clone()).echo(ping(&[])).await;
    assert_eq!(answer(result), Err((Code::PermissionDenied, "closed".to_owned())));
    assert_eq!(services.tracer.trace(), "");
}

/// A service that does not know its interceptor.
#[derive(Clone)]
struct Generic<I>(I);

#[interceptor(&self.0)]
impl<I: Interceptor<Hooks: Hooks<Rpc<Ping, Pong>>> + Clone + 'static> Probe for Generic<I> {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

/// A list that owns its tracer.
#[interceptor(traced("A", &tracer), start = start_only("F.s", &tracer))]
async fn owning(tracer: Tracer, start: &&'static str) -> Result<String, Status> {
    tracer.async_event("N.s").await?;
    Ok(format!("after {start}"))
}

async fn a_list_may_stand_for_a_type_parameter(setup: Setup) {
    let tracer = Tracer::default();
    let service = Generic(std::sync::Arc::new(owning(tracer.clone())));
    let result = probe_in!(setup, service).echo(ping(&[])).await;
    assert_eq!(answer(result), Ok(String::new()));
    assert_eq!(tracer.trace(), "A.s F.s N.s A.r A.w A.f(ok)");
}

#[derive(Clone)]
struct OfMethod(Tracer);

#[interceptor(traced("0", &self.0))]
impl Probe for OfMethod {
    #[interceptor(note = base(&self.0), traced("C", &self.0))]
    async fn echo(&self, _request: Ping, note: &str) -> Result<Pong, Status> {
        self.0.async_event("H").await?;
        Ok(pong(note))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

async fn a_method_may_have_a_list_of_its_own(setup: Setup) {
    for (event, expected) in [
        (
            "",
            "0.s A.s B.s D.s E.s F.s G.s N.s C.s 0.r A.r B.r G.r C.r H C.w G.w B.w A.w 0.w C.f(ok) G.f(ok) B.f(ok) A.f(ok) 0.f(ok)",
        ),
        ("D.s", "0.s A.s B.s D.s B.f(Aborted) A.f(Aborted) 0.f(Aborted)"),
        (
            "G.r",
            "0.s A.s B.s D.s E.s F.s G.s N.s C.s 0.r A.r B.r G.r C.f(Aborted) G.f(Aborted) B.f(Aborted) A.f(Aborted) 0.f(Aborted)",
        ),
    ] {
        let tracer = Tracer::new(Plan { fails: event, ..Plan::default() });
        let result = probe_in!(setup, OfMethod(tracer.clone())).echo(ping(&[])).await;
        let expected_answer = if event.is_empty() {
            Ok("after F.s".to_owned())
        } else {
            Err((Code::Aborted, event.to_owned()))
        };
        assert_eq!((tracer.trace().as_str(), answer(result)), (expected, expected_answer));
    }
    // The other method has no such list.
    let tracer = Tracer::default();
    probe_in!(setup, OfMethod(tracer.clone())).get_url(ping(&[])).await.unwrap();
    assert_eq!(tracer.trace(), "0.s 0.r 0.w 0.f(ok)");
}

/// An interceptor that calls the methods of another one, as if these were all.
struct Wrapped<I>(I);

impl<I: Interceptor> Interceptor for Wrapped<I> {
    type Provides = I::Provides;
    type Hooks = I::Hooks;

    async fn start(&self, call: &Call) -> Result<(I::Provides, I::Hooks), Status> {
        self.0.start(call).await
    }

    async fn around<R: Rest>(&self, call: &Call, provided: &I::Provides, rest: R) -> Result<(), Status> {
        self.0.around(call, provided, rest).await
    }
}

#[derive(Clone)]
struct ByHand(Tracer);

#[interceptor(Wrapped(base(&self.0)))]
impl Probe for ByHand {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

/// Its entries would be left out, so no call may pass.
#[tokio::test]
async fn a_list_that_is_started_by_hand_rejects_the_call() {
    let service = ByHand(Tracer::default());
    let result = Probe::echo(&service, ping(&[])).await;
    assert_eq!(answer(result), Err((Code::Internal, "internal error".to_owned())));
    assert_eq!(service.0.trace(), "");
}

//! A unary call passes its interceptors in order, and each failure skips what comes after it.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Code, Status, interceptor};

use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{Setup, answer, connect, in_every_setup, ping, pong, serve_in};

in_every_setup!(
    a_call_that_goes_well_passes_each_interceptor_in_order,
    a_start_that_rejects_ends_the_call_before_the_message,
    an_outermost_start_that_rejects_is_all_that_runs,
    a_request_hook_that_rejects_keeps_the_message_from_the_handler,
    a_handler_that_fails_skips_the_response_hooks,
    a_response_hook_that_rejects_skips_those_further_out,
    a_client_that_goes_away_interrupts_the_chain,
    a_client_that_goes_away_during_a_start_interrupts_the_chain,
    a_deadline_that_passes_interrupts_the_chain,
    a_handler_that_panics_is_internal,
    an_interceptor_that_panics_is_internal,
    a_finish_hook_may_panic_while_another_panic_unwinds,
    an_error_with_the_code_ok_is_internal
);

// These tests run in one setup only:
// - `a_future_that_is_dropped_interrupts_the_chain` drops the future of the trait's method itself.

#[interceptor(Traced("A", self), Traced("B", self))]
impl Probe for Tracer {
    #[interceptor(Traced("C", self))]
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        self.async_event("H").await?;
        Ok(pong(request.text))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

/// Makes one call, and returns its trace and what the client sees.
async fn play(setup: Setup, plan: Plan) -> (String, Result<String, (Code, String)>) {
    let tracer = Tracer { plan, ..Tracer::default() };
    let addr = serve_in!(setup, ProbeServer::new(tracer.clone()));
    let result = connect(addr).await.echo(ping(&[])).await;
    (tracer.trace(), answer(result))
}

/// Returns what a client sees of a panic: nothing of its text.
fn bug() -> Result<String, (Code, String)> {
    Err((Code::Internal, "internal error".to_owned()))
}

fn aborted(event: &str) -> Result<String, (Code, String)> {
    Err((Code::Aborted, event.to_owned()))
}

async fn a_call_that_goes_well_passes_each_interceptor_in_order(setup: Setup) {
    let (trace, reply) = play(setup, Plan::default()).await;
    assert_eq!(trace, "A.s B.s C.s A.r B.r C.r H C.w B.w A.w C.f(ok) B.f(ok) A.f(ok)");
    assert_eq!(reply, Ok("ping".to_owned()));
}

async fn a_start_that_rejects_ends_the_call_before_the_message(setup: Setup) {
    let (trace, reply) = play(setup, Plan { fails: "B.s", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s A.f(Aborted)");
    assert_eq!(reply, aborted("B.s"));
}

async fn an_outermost_start_that_rejects_is_all_that_runs(setup: Setup) {
    let (trace, reply) = play(setup, Plan { fails: "A.s", ..Plan::default() }).await;
    assert_eq!(trace, "A.s");
    assert_eq!(reply, aborted("A.s"));
}

async fn a_request_hook_that_rejects_keeps_the_message_from_the_handler(setup: Setup) {
    let (trace, reply) = play(setup, Plan { fails: "A.r", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s C.s A.r C.f(Aborted) B.f(Aborted) A.f(Aborted)");
    assert_eq!(reply, aborted("A.r"));
}

async fn a_handler_that_fails_skips_the_response_hooks(setup: Setup) {
    let (trace, reply) = play(setup, Plan { fails: "H", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s C.s A.r B.r C.r H C.f(Aborted) B.f(Aborted) A.f(Aborted)");
    assert_eq!(reply, aborted("H"));
}

async fn a_response_hook_that_rejects_skips_those_further_out(setup: Setup) {
    let (trace, reply) = play(setup, Plan { fails: "C.w", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s C.s A.r B.r C.r H C.w C.f(Aborted) B.f(Aborted) A.f(Aborted)");
    assert_eq!(reply, aborted("C.w"));
}

async fn a_client_that_goes_away_interrupts_the_chain(setup: Setup) {
    let tracer = Tracer { plan: Plan { hangs: "H", ..Plan::default() }, ..Tracer::default() };
    let mut client = connect(serve_in!(setup, ProbeServer::new(tracer.clone()))).await;
    let call = tokio::spawn(async move { client.echo(ping(&[])).await });
    tracer.shared.hanging.notified().await;
    call.abort();
    tracer.shared.finished.notified().await;
    assert_eq!(
        tracer.trace(),
        "A.s B.s C.s A.r B.r C.r H C.f(interrupted) B.f(interrupted) A.f(interrupted)"
    );
}

async fn a_client_that_goes_away_during_a_start_interrupts_the_chain(setup: Setup) {
    let tracer = Tracer { plan: Plan { hangs: "C.s", ..Plan::default() }, ..Tracer::default() };
    let mut client = connect(serve_in!(setup, ProbeServer::new(tracer.clone()))).await;
    let call = tokio::spawn(async move { client.echo(ping(&[])).await });
    tracer.shared.hanging.notified().await;
    call.abort();
    tracer.shared.finished.notified().await;
    assert_eq!(tracer.trace(), "A.s B.s C.s B.f(interrupted) A.f(interrupted)");
}

async fn a_deadline_that_passes_interrupts_the_chain(setup: Setup) {
    let tracer = Tracer { plan: Plan { hangs: "H", ..Plan::default() }, ..Tracer::default() };
    let mut client = connect(serve_in!(setup, ProbeServer::new(tracer.clone()))).await;
    let mut request = ping(&[]);
    request.set_timeout(std::time::Duration::from_millis(20));
    client.echo(request).await.expect_err("the handler hangs");
    tracer.shared.finished.notified().await;
    assert_eq!(
        tracer.trace(),
        "A.s B.s C.s A.r B.r C.r H C.f(interrupted) B.f(interrupted) A.f(interrupted)"
    );
}

#[tokio::test]
async fn a_future_that_is_dropped_interrupts_the_chain() {
    let tracer = Tracer { plan: Plan { hangs: "H", ..Plan::default() }, ..Tracer::default() };
    let mut call = Probe::echo(&tracer, ping(&[]));
    tokio::select! {
        _ = &mut call => unreachable!("the handler hangs"),
        () = tracer.shared.hanging.notified() => {}
    }
    drop(call);
    assert_eq!(
        tracer.trace(),
        "A.s B.s C.s A.r B.r C.r H C.f(interrupted) B.f(interrupted) A.f(interrupted)"
    );
}

async fn a_handler_that_panics_is_internal(setup: Setup) {
    let (trace, reply) = play(setup, Plan { panics: "H", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s C.s A.r B.r C.r H C.f(panicked) B.f(panicked) A.f(panicked)");
    assert_eq!(reply, bug());
}

async fn an_interceptor_that_panics_is_internal(setup: Setup) {
    for (event, expected) in [
        ("A.s", "A.s"),
        ("B.s", "A.s B.s A.f(panicked)"),
        ("B.r", "A.s B.s C.s A.r B.r C.f(panicked) B.f(panicked) A.f(panicked)"),
        ("B.w", "A.s B.s C.s A.r B.r C.r H C.w B.w C.f(panicked) B.f(panicked) A.f(panicked)"),
        ("B.f(ok)", "A.s B.s C.s A.r B.r C.r H C.w B.w A.w C.f(ok) B.f(ok) A.f(panicked)"),
        ("B.around", "A.s B.s C.s A.r B.r C.r H C.w B.w A.w C.f(ok) B.f(panicked) A.f(panicked)"),
    ] {
        let (trace, reply) = play(setup, Plan { panics: event, ..Plan::default() }).await;
        assert_eq!(trace, expected, "{event} panics");
        assert_eq!(reply, bug(), "{event} panics");
    }
}

/// The second panic must not leave a destructor, because that would abort the process.
async fn a_finish_hook_may_panic_while_another_panic_unwinds(setup: Setup) {
    #[derive(Clone)]
    struct Unlucky(Tracer);

    #[interceptor(Traced("A", &self.0), Traced("B", &self.0))]
    impl Probe for Unlucky {
        async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
            Ok(pong(""))
        }

        #[rpc(name = "GetURL")]
        async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
            Ok(pong(""))
        }
    }

    // The `around` of B unwinds. A destructor calls the `on_finish` of B, which panics too.
    let plan = Plan { panics: "B.around", also_panics: "B.f(panicked)", ..Plan::default() };
    let tracer = Tracer { plan, ..Tracer::default() };
    let mut client = connect(serve_in!(setup, ProbeServer::new(Unlucky(tracer.clone())))).await;
    assert_eq!(answer(client.echo(ping(&[])).await), bug());
    assert_eq!(tracer.trace(), "A.s B.s A.r B.r B.w A.w B.f(panicked) A.f(panicked)");
}

async fn an_error_with_the_code_ok_is_internal(setup: Setup) {
    for (event, expected) in [
        ("A.s", "A.s"),
        ("B.s", "A.s B.s A.f(Internal)"),
        ("H", "A.s B.s C.s A.r B.r C.r H C.f(Internal) B.f(Internal) A.f(Internal)"),
    ] {
        let (trace, reply) = play(setup, Plan { says_ok: event, ..Plan::default() }).await;
        assert_eq!(trace, expected, "{event}");
        assert_eq!(reply, bug(), "{event}");
    }
}

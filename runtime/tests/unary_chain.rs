//! The order of a unary call and what each failure leaves of it: the table "what happens when".

mod support;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use support::tracer::{Plan, Traced, Tracer};
use support::{answer, connect, ping, pong, served};
use vestibule::{Code, Status, interceptor};

#[interceptor(Traced("A", self), Traced("B", self))]
impl Probe for Tracer {
    #[interceptor(Traced("C", self))]
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        self.async_event("H").await?;
        Ok(pong(request.text))
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

/// Plays one call: its trace, and what the client sees.
async fn play(plan: Plan) -> (String, Result<String, (Code, String)>) {
    let tracer = Tracer { plan, ..Tracer::default() };
    let addr = served!(ProbeServer::new(tracer.clone()));
    let result = connect(addr).await.echo(ping(&[])).await;
    (tracer.trace(), answer(result))
}

/// What a client sees of a panic: nothing of its text.
fn bug() -> Result<String, (Code, String)> {
    Err((Code::Internal, "internal error".to_owned()))
}

fn aborted(event: &str) -> Result<String, (Code, String)> {
    Err((Code::Aborted, event.to_owned()))
}

#[tokio::test]
async fn all_goes_well() {
    let (trace, reply) = play(Plan::default()).await;
    assert_eq!(trace, "A.s B.s C.s A.r B.r C.r H C.w B.w A.w C.f(ok) B.f(ok) A.f(ok)");
    assert_eq!(reply, Ok("ping".to_owned()));
}

#[tokio::test]
async fn a_start_rejects() {
    let (trace, reply) = play(Plan { fails: "B.s", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s A.f(Aborted)");
    assert_eq!(reply, aborted("B.s"));
}

#[tokio::test]
async fn the_outermost_start_rejects() {
    let (trace, reply) = play(Plan { fails: "A.s", ..Plan::default() }).await;
    assert_eq!(trace, "A.s");
    assert_eq!(reply, aborted("A.s"));
}

#[tokio::test]
async fn a_request_hook_rejects() {
    let (trace, reply) = play(Plan { fails: "A.r", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s C.s A.r C.f(Aborted) B.f(Aborted) A.f(Aborted)");
    assert_eq!(reply, aborted("A.r"));
}

#[tokio::test]
async fn the_handler_fails() {
    let (trace, reply) = play(Plan { fails: "H", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s C.s A.r B.r C.r H C.f(Aborted) B.f(Aborted) A.f(Aborted)");
    assert_eq!(reply, aborted("H"));
}

#[tokio::test]
async fn a_response_hook_rejects() {
    let (trace, reply) = play(Plan { fails: "C.w", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s C.s A.r B.r C.r H C.w C.f(Aborted) B.f(Aborted) A.f(Aborted)");
    assert_eq!(reply, aborted("C.w"));
}

#[tokio::test]
async fn the_client_goes_away() {
    let tracer = Tracer { plan: Plan { hangs: "H", ..Plan::default() }, ..Tracer::default() };
    let mut client = connect(served!(ProbeServer::new(tracer.clone()))).await;
    let call = tokio::spawn(async move { client.echo(ping(&[])).await });
    tracer.shared.hanging.notified().await;
    call.abort();
    tracer.shared.finished.notified().await;
    assert_eq!(
        tracer.trace(),
        "A.s B.s C.s A.r B.r C.r H C.f(interrupted) B.f(interrupted) A.f(interrupted)"
    );
}

#[tokio::test]
async fn the_client_goes_away_during_a_start() {
    let tracer = Tracer { plan: Plan { hangs: "C.s", ..Plan::default() }, ..Tracer::default() };
    let mut client = connect(served!(ProbeServer::new(tracer.clone()))).await;
    let call = tokio::spawn(async move { client.echo(ping(&[])).await });
    tracer.shared.hanging.notified().await;
    call.abort();
    tracer.shared.finished.notified().await;
    assert_eq!(tracer.trace(), "A.s B.s C.s B.f(interrupted) A.f(interrupted)");
}

#[tokio::test]
async fn the_deadline_passes() {
    let tracer = Tracer { plan: Plan { hangs: "H", ..Plan::default() }, ..Tracer::default() };
    let mut client = connect(served!(ProbeServer::new(tracer.clone()))).await;
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
async fn the_future_is_dropped() {
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

#[tokio::test]
async fn the_handler_panics() {
    let (trace, reply) = play(Plan { panics: "H", ..Plan::default() }).await;
    assert_eq!(trace, "A.s B.s C.s A.r B.r C.r H C.f(panicked) B.f(panicked) A.f(panicked)");
    assert_eq!(reply, bug());
}

#[tokio::test]
async fn anything_else_panics() {
    for (event, expected) in [
        ("A.s", "A.s"),
        ("B.s", "A.s B.s A.f(panicked)"),
        ("B.r", "A.s B.s C.s A.r B.r C.f(panicked) B.f(panicked) A.f(panicked)"),
        ("B.w", "A.s B.s C.s A.r B.r C.r H C.w B.w C.f(panicked) B.f(panicked) A.f(panicked)"),
        ("B.f(ok)", "A.s B.s C.s A.r B.r C.r H C.w B.w A.w C.f(ok) B.f(ok) A.f(panicked)"),
        ("B.around", "A.s B.s C.s A.r B.r C.r H C.w B.w A.w C.f(ok) B.f(panicked) A.f(panicked)"),
    ] {
        let (trace, reply) = play(Plan { panics: event, ..Plan::default() }).await;
        assert_eq!(trace, expected, "{event} panics");
        assert_eq!(reply, bug(), "{event} panics");
    }
}

/// Two panics at once: the second one must not leave a destructor, which would abort the process.
#[tokio::test]
async fn a_finish_hook_panics_while_another_panic_unwinds() {
    #[derive(Clone)]
    struct Unlucky(Tracer);

    #[interceptor(Traced("A", &self.0), Traced("B", &self.0))]
    impl Probe for Unlucky {
        async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
            Ok(pong(""))
        }

        async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
            Ok(pong(""))
        }
    }

    // `around` of B unwinds, so that `on_finish` of B is told by its destructor, and panics too.
    let plan = Plan { panics: "B.around", also_panics: "B.f(panicked)", ..Plan::default() };
    let tracer = Tracer { plan, ..Tracer::default() };
    let mut client = connect(served!(ProbeServer::new(Unlucky(tracer.clone())))).await;
    assert_eq!(answer(client.echo(ping(&[])).await), bug());
    assert_eq!(tracer.trace(), "A.s B.s A.r B.r B.w A.w B.f(panicked) A.f(panicked)");
}

#[tokio::test]
async fn an_error_with_the_code_ok_is_internal() {
    for (event, expected) in [
        ("A.s", "A.s"),
        ("B.s", "A.s B.s A.f(Internal)"),
        ("H", "A.s B.s C.s A.r B.r C.r H C.f(Internal) B.f(Internal) A.f(Internal)"),
    ] {
        let (trace, reply) = play(Plan { says_ok: event, ..Plan::default() }).await;
        assert_eq!(trace, expected, "{event}");
        assert_eq!(reply, bug(), "{event}");
    }
}

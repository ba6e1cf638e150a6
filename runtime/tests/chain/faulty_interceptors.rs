//! Interceptors and hooks that have a fault: the guarantees hold all the same.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::Semaphore;
use tonic::{Request, Response};
use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, Rest, Status, interceptor};

use crate::support::tracer::{TracedEnds, TracedFinish, Tracer};
use crate::support::{Setup, answer, connect, in_every_setup, ping, pong, serve_in};

in_every_setup!(
    a_response_that_a_hook_rejects_does_not_reach_the_client_whoever_swallows_the_rejection,
    an_error_with_the_code_ok_is_internal_for_everybody,
    a_panic_whose_value_panics_is_internal,
    response_metadata_that_is_borrowed_twice_is_sent,
    a_rest_that_is_awaited_twice_is_a_bug_and_no_crash,
    what_the_rest_held_is_free_once_it_is_dropped,
    what_the_handler_held_is_free_once_the_rest_is_dropped,
    an_interceptor_that_is_dropped_while_the_call_goes_on_is_told_of_an_interruption,
    an_interceptor_that_returns_an_error_with_the_code_ok_is_told_of_internal_itself,
);

// The other tests run in one setup only, because they poll or drop the future of the trait's method themselves, or
// look at its size.

/// Returns `Ok` whatever the rest returns.
#[interceptor]
async fn swallow(rest: impl Rest) -> Result<(), Status> {
    let _ = rest.await;
    Ok(())
}

/// Replaces each success by an error with the code OK.
#[interceptor]
async fn says_ok_as_an_error(rest: impl Rest) -> Result<(), Status> {
    rest.await?;
    Err(Status::new(Code::Ok, ""))
}

/// Rejects each response.
struct Redact;

impl Interceptor for Redact {
    type Provides = ();
    type Hooks = Redact;

    async fn start(&self, _call: &Call) -> Result<((), Redact), Status> {
        Ok(((), Redact))
    }
}

impl<M: Method> Hooks<M> for Redact {
    fn on_response(&mut self, _message: &mut M::Response) -> Result<(), Status> {
        Err(Status::permission_denied("redacted"))
    }
}

/// Panics in its `on_finish`.
struct PanicsAtTheEnd;

impl Interceptor for PanicsAtTheEnd {
    type Provides = ();
    type Hooks = PanicsAtTheEnd;

    async fn start(&self, _call: &Call) -> Result<((), PanicsAtTheEnd), Status> {
        Ok(((), PanicsAtTheEnd))
    }
}

impl<M: Method> Hooks<M> for PanicsAtTheEnd {
    fn on_finish(&mut self, _outcome: &Outcome) {
        panic!("at the end")
    }
}

/// Panics with a value whose destructor panics.
#[interceptor]
async fn panics_with_a_bomb() -> Result<(), Status> {
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("the bomb")
        }
    }

    std::panic::panic_any(Bomb)
}

/// Borrows the response's metadata a second time while it holds it.
#[interceptor]
async fn nests_the_response_metadata(call: &Call) -> Result<(), Status> {
    let mut outer = call.response_metadata();
    call.response_metadata().insert("x-inner", "1".parse().unwrap());
    outer.insert("x-outer", "2".parse().unwrap());
    Ok(())
}

/// Awaits the rest once more.
#[interceptor]
async fn awaits_twice(rest: impl Rest) -> Result<(), Status> {
    let mut rest = pin!(rest);
    rest.as_mut().await?;
    rest.await
}

macro_rules! service {
    ($name:ident: $($entry:expr),+) => {
        struct $name(Tracer);

        #[interceptor(TracedEnds("A", &self.0), $($entry),+)]
        impl Probe for $name {
            async fn echo(&self, request: Ping) -> Result<Pong, Status> {
                Ok(pong(request.text))
            }

            #[rpc(name = "GetURL")]
            async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
                std::future::pending().await
            }
        }
    };
}

service!(Swallowing: swallow(), Redact);
service!(SayingOk: says_ok_as_an_error());
service!(Bombing: panics_with_a_bomb());
service!(Nesting: nests_the_response_metadata());
service!(Panicking: PanicsAtTheEnd);
service!(Repeating: awaits_twice());

fn bug() -> Result<String, (Code, String)> {
    Err((Code::Internal, "internal error".to_owned()))
}

async fn a_response_that_a_hook_rejects_does_not_reach_the_client_whoever_swallows_the_rejection(
    setup: Setup,
) {
    let tracer = Tracer::default();
    let mut client = connect(serve_in!(setup, ProbeServer::new(Swallowing(tracer.clone())))).await;
    assert_eq!(answer(client.echo(ping(&[])).await), bug());
    assert_eq!(tracer.take(), "A.a(Internal) A.f(Internal)");
}

async fn an_error_with_the_code_ok_is_internal_for_everybody(setup: Setup) {
    let tracer = Tracer::default();
    let mut client = connect(serve_in!(setup, ProbeServer::new(SayingOk(tracer.clone())))).await;
    assert_eq!(answer(client.echo(ping(&[])).await), bug());
    assert_eq!(tracer.take(), "A.a(Internal) A.f(Internal)");
}

async fn a_panic_whose_value_panics_is_internal(setup: Setup) {
    let tracer = Tracer::default();
    let mut client = connect(serve_in!(setup, ProbeServer::new(Bombing(tracer.clone())))).await;
    assert_eq!(answer(client.echo(ping(&[])).await), bug());
    assert_eq!(tracer.take(), "A.a(panicked) A.f(panicked)");
}

async fn response_metadata_that_is_borrowed_twice_is_sent(setup: Setup) {
    let tracer = Tracer::default();
    let mut client = connect(serve_in!(setup, ProbeServer::new(Nesting(tracer.clone())))).await;
    let response = client.echo(ping(&[])).await.unwrap();
    let keys = ["x-inner", "x-outer"].map(|key| response.metadata().get(key).unwrap().to_str().unwrap());
    assert_eq!(keys, ["1", "2"]);
}

async fn a_rest_that_is_awaited_twice_is_a_bug_and_no_crash(setup: Setup) {
    let tracer = Tracer::default();
    let mut client = connect(serve_in!(setup, ProbeServer::new(Repeating(tracer.clone())))).await;
    assert_eq!(answer(client.echo(ping(&[])).await), bug());
    assert_eq!(tracer.take(), "A.a(panicked) A.f(panicked)");
}

fn poll_once(call: impl Future<Output = Result<Response<Pong>, Status>>) {
    assert!(pin!(call).poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[test]
fn a_rest_that_would_be_awaited_twice_is_interrupted_once() {
    let service = Repeating(Tracer::default());
    poll_once(service.get_url(ping(&[])));
    assert_eq!(service.0.take(), "A.a(interrupted) A.f(interrupted)");
}

#[test]
fn a_hook_that_panics_for_a_client_that_went_away_is_caught() {
    let service = Panicking(Tracer::default());
    poll_once(service.get_url(ping(&[])));
    assert_eq!(service.0.take(), "A.a(interrupted) A.f(interrupted)");
}

#[test]
fn a_panic_elsewhere_that_drops_a_call_interrupts_it() {
    let service = Panicking(Tracer::default());
    let unwound = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let mut call = service.get_url(ping(&[]));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        panic!("elsewhere");
    }));
    assert!(unwound.is_err());
    assert_eq!(service.0.take(), "A.f(interrupted)");
}

/// Drops the rest, and then needs what the rest held.
#[interceptor]
async fn takes_over(permits: &Semaphore, rest: impl Rest) -> Result<(), Status> {
    {
        let mut rest = pin!(rest);
        std::future::poll_fn(|cx| {
            assert!(rest.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
    }
    let _permit = permits.try_acquire().map_err(|_| Status::internal("the handler still holds it"))?;
    Err(Status::deadline_exceeded("taken over"))
}

struct Holding {
    permits: Semaphore,
    tracer: Tracer,
}

impl Holding {
    fn new(tracer: &Tracer) -> Self {
        Self { permits: Semaphore::new(1), tracer: tracer.clone() }
    }
}

#[interceptor(takes_over(&self.permits))]
impl Probe for Holding {
    #[interceptor(TracedEnds("A", &self.tracer))]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        let _permit = self.permits.acquire().await;
        std::future::pending().await
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        let _permit = self.permits.acquire().await;
        std::future::pending().await
    }
}

async fn what_the_rest_held_is_free_once_it_is_dropped(setup: Setup) {
    let tracer = Tracer::default();
    let mut client = connect(serve_in!(setup, ProbeServer::new(Holding::new(&tracer)))).await;
    let end = answer(client.echo(ping(&[])).await);
    assert_eq!(end, Err((Code::DeadlineExceeded, "taken over".to_owned())));
    assert_eq!(tracer.take(), "A.a(interrupted) A.f(interrupted)");
}

async fn what_the_handler_held_is_free_once_the_rest_is_dropped(setup: Setup) {
    let tracer = Tracer::default();
    let mut client = connect(serve_in!(setup, ProbeServer::new(Holding::new(&tracer)))).await;
    let end = answer(client.get_url(ping(&[])).await);
    assert_eq!(end, Err((Code::DeadlineExceeded, "taken over".to_owned())));
}

#[derive(Clone, Copy)]
enum Fault {
    DropsTheRest,
    NeverEnds,
    SaysOk,
}

/// Has a fault in its `around`, and traces its own `on_finish`.
struct Faulty<'a>(&'static str, Fault, &'a Tracer);

impl Interceptor for Faulty<'_> {
    type Provides = ();
    type Hooks = TracedFinish;

    async fn start(&self, _call: &Call) -> Result<((), TracedFinish), Status> {
        Ok(((), TracedFinish(self.0, self.2.clone())))
    }

    async fn around<R: Rest>(&self, _call: &Call, (): &(), rest: R) -> Result<(), Status> {
        if matches!(self.1, Fault::DropsTheRest) {
            let mut rest = pin!(rest);
            std::future::poll_fn(|cx| Poll::Ready(rest.as_mut().poll(cx).is_ready())).await;
            return Err(Status::deadline_exceeded("given up"));
        }
        let result = rest.await;
        match self.1 {
            Fault::NeverEnds => std::future::pending().await,
            _ => result.and(Err(Status::new(Code::Ok, ""))),
        }
    }
}

struct Misbehaving(Tracer);

#[interceptor]
impl Probe for Misbehaving {
    #[interceptor(Faulty("A", Fault::DropsTheRest, &self.0), Faulty("B", Fault::NeverEnds, &self.0))]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        std::future::pending().await
    }

    #[interceptor(Faulty("A", Fault::SaysOk, &self.0))]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

async fn an_interceptor_that_is_dropped_while_the_call_goes_on_is_told_of_an_interruption(setup: Setup) {
    let tracer = Tracer::default();
    let mut client = connect(serve_in!(setup, ProbeServer::new(Misbehaving(tracer.clone())))).await;
    let end = answer(client.echo(ping(&[])).await);
    assert_eq!(end, Err((Code::DeadlineExceeded, "given up".to_owned())));
    assert_eq!(tracer.take(), "B.f(interrupted) A.f(DeadlineExceeded)");
}

async fn an_interceptor_that_returns_an_error_with_the_code_ok_is_told_of_internal_itself(setup: Setup) {
    let tracer = Tracer::default();
    let mut client = connect(serve_in!(setup, ProbeServer::new(Misbehaving(tracer.clone())))).await;
    assert_eq!(answer(client.get_url(ping(&[])).await), bug());
    assert_eq!(tracer.take(), "A.f(Internal)");
}

#[interceptor]
async fn wraps(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

struct Long;

#[interceptor(
    e1 = wraps(), e2 = wraps(), e3 = wraps(), e4 = wraps(), e5 = wraps(), e6 = wraps(),
    e7 = wraps(), e8 = wraps(),
)]
impl Probe for Long {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(pong(request.text))
    }

    #[interceptor(
        e9 = wraps(), e10 = wraps(), e11 = wraps(), e12 = wraps(), e13 = wraps(), e14 = wraps(),
        e15 = wraps(), e16 = wraps(),
    )]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(pong(request.text))
    }
}

/// An `async fn` that takes a future holds it twice. Sixteen levels of them would take megabytes.
#[test]
fn the_future_of_a_call_grows_with_its_chain_and_no_faster() {
    let eight = size_of_val(&*Long.echo(Request::new(Ping::default())));
    let sixteen = size_of_val(&*Long.get_url(Request::new(Ping::default())));
    assert!(sixteen < 2 * eight, "{eight} bytes for 8 interceptors, {sixteen} for 16");
    assert!(sixteen < 8 * 1024, "{sixteen} bytes");
    let _ = ProbeServer::new(Long);
}

//! Interceptors and hooks that do what they should not: the guarantees hold all the same.

mod support;

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use support::{answer, ping, pong};
use tokio::sync::Semaphore;
use tonic::{Request, Response};
use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, Rest, Status, interceptor};

/// What the outermost interceptor of a service was told, by `rest` and by `on_finish`.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn add(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn take(&self) -> String {
        std::mem::take(&mut *self.0.lock().unwrap()).join(", ")
    }
}

impl Interceptor for Told {
    type Provides = ();
    type Hooks = Told;

    async fn start(&self, _call: &Call) -> Result<((), Told), Status> {
        Ok(((), self.clone()))
    }

    async fn around<R: Rest>(&self, _call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let result = rest.await;
        self.add(format!("rest {:?}", result.as_ref().map_err(Status::code)));
        // What `on_finish` is told, `around` can know.
        let known = match Outcome::of(&result) {
            Outcome::Panicked(_) => Some("panicked"),
            Outcome::Interrupted => Some("was interrupted"),
            _ => None,
        };
        known.into_iter().for_each(|known| self.add(known));
        result
    }
}

impl<M: Method> Hooks<M> for Told {
    fn on_finish(&mut self, outcome: &Outcome) {
        self.add(match (outcome, outcome.code()) {
            (Outcome::Panicked(_), Some(code)) => format!("finish {code:?} after a panic"),
            (_, Some(code)) => format!("finish {code:?}"),
            (_, None) => "finish interrupted".to_owned(),
        });
    }
}

/// Says `Ok` whatever the rest says.
#[interceptor]
async fn swallow(rest: impl Rest) -> Result<(), Status> {
    let _ = rest.await;
    Ok(())
}

/// Replaces every result by an error with the code OK.
#[interceptor]
async fn says_ok_as_an_error(rest: impl Rest) -> Result<(), Status> {
    rest.await?;
    Err(Status::new(Code::Ok, ""))
}

/// Rejects every reply.
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

/// Panics when it is told of the end.
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

/// Asks for the reply's metadata while it has it.
#[interceptor]
async fn nests_the_response_metadata(call: &Call) -> Result<(), Status> {
    let mut outer = call.response_metadata();
    let count = call.response_metadata().len();
    outer.insert("x-count", count.into());
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
        #[derive(Clone, Default)]
        struct $name(Told);

        #[interceptor(&self.0, $($entry),+)]
        impl Probe for $name {
            async fn echo(&self, request: Ping) -> Result<Pong, Status> {
                Ok(pong(request.text))
            }

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

#[tokio::test]
async fn a_reply_that_a_hook_rejects_does_not_reach_the_client_whoever_swallows_that() {
    let service = Swallowing::default();
    assert_eq!(answer(service.echo(ping(&[])).await), bug());
    assert_eq!(service.0.take(), "rest Err(Internal), finish Internal");
}

#[tokio::test]
async fn an_error_with_the_code_ok_is_told_as_internal() {
    let service = SayingOk::default();
    assert_eq!(answer(service.echo(ping(&[])).await), bug());
    assert_eq!(service.0.take(), "rest Err(Internal), finish Internal");
}

#[tokio::test]
async fn a_panic_whose_value_panics_is_internal() {
    let service = Bombing::default();
    assert_eq!(answer(service.echo(ping(&[])).await), bug());
    assert_eq!(service.0.take(), "rest Err(Internal), panicked, finish Internal after a panic");
}

#[tokio::test]
async fn nested_changes_of_the_response_metadata_are_a_bug_and_no_deadlock() {
    let service = Nesting::default();
    assert_eq!(answer(service.echo(ping(&[])).await), bug());
}

#[tokio::test]
async fn a_rest_that_is_awaited_twice_is_a_bug_and_no_crash() {
    let service = Repeating::default();
    assert_eq!(answer(service.echo(ping(&[])).await), bug());
    assert_eq!(service.0.take(), "rest Err(Internal), panicked, finish Internal after a panic");
    poll_once(service.get_url(ping(&[])));
    assert_eq!(service.0.take(), "rest Err(Cancelled), was interrupted, finish interrupted");
}

fn poll_once(call: impl Future<Output = Result<Response<Pong>, Status>>) {
    assert!(pin!(call).poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[test]
fn a_hook_that_panics_for_a_client_that_went_away_is_caught() {
    let service = Panicking::default();
    poll_once(service.get_url(ping(&[])));
    assert_eq!(service.0.take(), "rest Err(Internal), panicked, finish interrupted");
}

#[test]
fn a_panic_elsewhere_that_drops_a_call_interrupts_it() {
    let service = Panicking::default();
    let unwound = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let mut call = service.get_url(ping(&[]));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        panic!("elsewhere");
    }));
    assert!(unwound.is_err());
    assert_eq!(service.0.take(), "finish interrupted");
}

/// Gives up the rest, and then wants what it held.
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
    told: Told,
}

#[interceptor(takes_over(&self.permits))]
impl Probe for Holding {
    #[interceptor(&self.told)]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        let _permit = self.permits.acquire().await;
        std::future::pending().await
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        let _permit = self.permits.acquire().await;
        std::future::pending().await
    }
}

#[tokio::test]
async fn what_the_rest_held_is_free_once_it_is_dropped() {
    let service = Holding { permits: Semaphore::new(1), told: Told::default() };
    let end = answer(service.echo(ping(&[])).await);
    assert_eq!(end, Err((Code::DeadlineExceeded, "taken over".to_owned())));
    assert_eq!(service.told.take(), "rest Err(Cancelled), was interrupted, finish interrupted");
}

#[tokio::test]
async fn what_the_handler_held_is_free_once_the_rest_is_dropped() {
    let service = Holding { permits: Semaphore::new(1), told: Told::default() };
    let end = answer(service.get_url(ping(&[])).await);
    assert_eq!(end, Err((Code::DeadlineExceeded, "taken over".to_owned())));
}

/// Does around the call what its name says, and is told of the end itself.
#[derive(Clone)]
struct Named(&'static str, Told);

impl Interceptor for Named {
    type Provides = ();
    type Hooks = Named;

    async fn start(&self, _call: &Call) -> Result<((), Named), Status> {
        Ok(((), self.clone()))
    }

    async fn around<R: Rest>(&self, _call: &Call, (): &(), rest: R) -> Result<(), Status> {
        if self.0 == "gives up" {
            let mut rest = pin!(rest);
            std::future::poll_fn(|cx| Poll::Ready(rest.as_mut().poll(cx).is_ready())).await;
            return Err(Status::deadline_exceeded("given up"));
        }
        let result = rest.await;
        match self.0 {
            "never ends" => std::future::pending().await,
            _ => result.and(Err(Status::new(Code::Ok, ""))),
        }
    }
}

impl<M: Method> Hooks<M> for Named {
    fn on_finish(&mut self, outcome: &Outcome) {
        self.1.add(format!("{} {:?}", self.0, outcome.code()));
    }
}

#[derive(Default)]
struct Misbehaving(Told);

#[interceptor]
impl Probe for Misbehaving {
    #[interceptor(Named("gives up", self.0.clone()), Named("never ends", self.0.clone()))]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        std::future::pending().await
    }

    #[interceptor(Named("says ok", self.0.clone()))]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[tokio::test]
async fn who_is_dropped_while_the_call_goes_on_is_told_of_an_interruption() {
    let service = Misbehaving::default();
    let end = answer(service.echo(ping(&[])).await);
    assert_eq!(end, Err((Code::DeadlineExceeded, "given up".to_owned())));
    assert_eq!(service.0.take(), "never ends None, gives up Some(DeadlineExceeded)");
}

#[tokio::test]
async fn who_returns_an_error_with_the_code_ok_is_told_of_internal_itself() {
    let service = Misbehaving::default();
    assert_eq!(answer(service.get_url(ping(&[])).await), bug());
    assert_eq!(service.0.take(), "says ok Some(Internal)");
}

#[interceptor]
async fn wraps(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

struct Long;

#[interceptor(wraps(), wraps(), wraps(), wraps(), wraps(), wraps(), wraps(), wraps())]
impl Probe for Long {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(pong(request.text))
    }

    #[interceptor(wraps(), wraps(), wraps(), wraps(), wraps(), wraps(), wraps(), wraps())]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(pong(request.text))
    }
}

/// An `async fn` that takes a future holds it twice: sixteen levels of that would be megabytes.
#[test]
fn the_future_of_a_call_grows_with_its_chain_and_no_faster() {
    let eight = size_of_val(&*Long.echo(Request::new(Ping::default())));
    let sixteen = size_of_val(&*Long.get_url(Request::new(Ping::default())));
    assert!(sixteen < 2 * eight, "{eight} bytes for 8 interceptors, {sixteen} for 16");
    assert!(sixteen < 8 * 1024, "{sixteen} bytes");
    let _ = ProbeServer::new(Long);
}

//! A part of a call that was interrupted, or whose rest was dropped, is not polled again.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio_stream::StreamExt;
use tonic::Response;
use vestibule::{Call, Code, Interceptor, Rest, Status, interceptor};

use crate::support::tracer::{Tracer, traced_rest};
use crate::support::{ping, pong};

// These tests run in one setup only, because they poll and drop the future of the trait's method themselves.

#[derive(Default)]
struct Polls(AtomicUsize);

impl Polls {
    /// Is never ready, and counts how often it is polled.
    async fn count(&self) {
        std::future::poll_fn(|_| {
            self.0.fetch_add(1, Ordering::Relaxed);
            Poll::<()>::Pending
        })
        .await;
    }

    fn take(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

#[interceptor]
async fn wraps(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

/// Waits for ever once the rest has ended.
#[interceptor]
async fn lingers(polls: &Polls, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    polls.count().await;
    result
}

/// Drops the rest after one poll, and waits for ever.
#[interceptor]
async fn gives_up_and_lingers(polls: &Polls, rest: impl Rest) -> Result<(), Status> {
    {
        let mut rest = pin!(rest);
        std::future::poll_fn(|cx| {
            assert!(rest.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
    }
    polls.count().await;
    Ok(())
}

/// Keeps the rest in a set of futures, which drops it late and polls it only if it was woken.
struct InASet;

impl Interceptor for InASet {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }

    async fn around<R: Rest>(&self, _call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let mut set = futures_util::stream::FuturesUnordered::new();
        set.push(rest);
        set.next().await.expect("there is one")
    }
}

fn poll_once(call: impl Future<Output = Result<Response<Pong>, Status>>) {
    assert!(pin!(call).poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[derive(Default)]
struct Interrupted(Polls);

#[interceptor(outer = wraps())]
impl Probe for Interrupted {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        self.0.count().await;
        Ok(pong(""))
    }

    #[interceptor(lingers(&self.0), inner = wraps())]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[test]
fn a_handler_that_is_interrupted_is_not_polled_again() {
    let service = Interrupted::default();
    poll_once(service.echo(ping(&[])));
    assert_eq!(service.0.take(), 1);
}

/// `wraps` is further out: it is polled once more, and learns how its rest ended. `lingers` is not polled, because its
/// rest has ended.
#[test]
fn an_interceptor_whose_rest_has_ended_is_not_polled_again() {
    let service = Interrupted::default();
    poll_once(service.get_url(ping(&[])));
    assert_eq!(service.0.take(), 1);
}

#[derive(Default)]
struct GivenUp(Polls);

#[interceptor(gives_up_and_lingers(&self.0))]
impl Probe for GivenUp {
    #[interceptor(outer = wraps(), inner = wraps())]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        std::future::pending().await
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        std::future::pending().await
    }
}

#[test]
fn an_interceptor_that_has_given_up_its_rest_is_not_polled_again() {
    let service = GivenUp::default();
    poll_once(service.echo(ping(&[])));
    assert_eq!(service.0.take(), 1);
    poll_once(service.get_url(ping(&[])));
    assert_eq!(service.0.take(), 1);
}

#[derive(Default)]
struct DroppedLate(Polls);

#[interceptor(gives_up_and_lingers(&self.0), InASet)]
impl Probe for DroppedLate {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        std::future::pending().await
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[test]
fn a_rest_that_is_dropped_late_does_not_count_again() {
    let service = DroppedLate::default();
    poll_once(service.echo(ping(&[])));
    assert_eq!(service.0.take(), 1);
}

/// Drops the rest when it is polled again, and waits for ever.
#[interceptor]
async fn gives_up_later(rest: impl Rest) -> Result<(), Status> {
    let mut rest = Some(Box::pin(rest));
    let mut is_first = true;
    std::future::poll_fn(|cx| match &mut rest {
        Some(rest) if std::mem::take(&mut is_first) => rest.as_mut().poll(cx),
        _ => {
            rest = None;
            Poll::Pending
        }
    })
    .await
}

#[derive(Default)]
struct Nested(Tracer);

#[interceptor(traced_rest("A", &self.0), gives_up_later(), traced_rest("B", &self.0))]
impl Probe for Nested {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        std::future::pending().await
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

/// The interruption polls `gives_up_later`, which thereby interrupts what is further in.
#[test]
fn an_interruption_that_causes_another_one_reaches_all_that_wrap_the_call() {
    let service = Nested::default();
    poll_once(service.echo(ping(&[])));
    assert_eq!(service.0.take(), "B.a(interrupted) A.a(interrupted)");
}

#[derive(Default)]
struct Set(Tracer);

#[interceptor(traced_rest("A", &self.0), InASet, traced_rest("B", &self.0))]
impl Probe for Set {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        std::future::pending().await
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[test]
fn what_is_in_a_set_of_futures_sees_the_interruption_as_well() {
    let service = Set::default();
    poll_once(service.echo(ping(&[])));
    assert_eq!(service.0.take(), "B.a(interrupted) A.a(interrupted)");
}

/// Drops the rest after one poll.
#[interceptor]
async fn gives_up(rest: impl Rest) -> Result<(), Status> {
    let mut rest = pin!(rest);
    std::future::poll_fn(|cx| Poll::Ready(rest.as_mut().poll(cx).is_ready())).await;
    Err(Status::aborted("given up"))
}

#[derive(Default)]
struct SetGivenUp(Tracer);

#[interceptor(gives_up(), InASet, traced_rest("B", &self.0))]
impl Probe for SetGivenUp {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        std::future::pending().await
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[tokio::test]
async fn what_is_in_a_set_of_futures_sees_that_it_was_given_up() {
    let service = SetGivenUp::default();
    assert_eq!(service.echo(ping(&[])).await.unwrap_err().code(), Code::Aborted);
    assert_eq!(service.0.take(), "B.a(interrupted)");
}

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use tonic::Status;

use super::{bug, checked, report};
use crate::Call;
use crate::interceptors::{INCOMING, earlier};

/// The rest of a call as those further out see it.
///
/// - A panic, an error without an error code, or success without a reply has become INTERNAL.
/// - If it is dropped before its end, those further in that wrap the call are resumed once, with
///   CANCELLED: what they do after `rest.await` they also do for a client that went away.
///
/// Dropping it drops the rest. It holds the future by reference all the same: moving it would copy the
/// whole chain at every level, and an `async fn` that takes it by value would hold it twice
/// (rust-lang/rust issue 62958).
#[derive(Debug)]
pub(crate) struct Guarded<'a, F: Future<Output = Result<(), Status>>> {
    call: &'a Call,
    rest: Pin<&'a mut Option<F>>,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Waiting,
    /// Begun, this deep in the chain.
    Entered(usize),
    Ended,
}

impl<'a, F: Future<Output = Result<(), Status>>> Guarded<'a, F> {
    /// Guards `rest`, which belongs to `call`.
    #[inline]
    pub(crate) fn new(call: &'a Call, rest: Pin<&'a mut Option<F>>) -> Self {
        Self { call, rest, state: State::Waiting }
    }

    #[inline]
    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let Some(rest) = self.rest.as_mut().as_pin_mut() else { return Poll::Pending };
        let was_polling = self.call.progress().set_polling(true);
        let poll = catch_unwind(AssertUnwindSafe(|| rest.poll(cx)));
        self.call.progress().set_polling(was_polling);
        match poll {
            Ok(poll) => poll.map(|result| settled(self.call, result)),
            Err(panic) => Poll::Ready(Err(report(self.call.method(), panic))),
        }
    }
}

/// The result of a rest: a success has a reply, an error an error code.
#[inline]
fn settled(call: &Call, result: Result<(), Status>) -> Result<(), Status> {
    if result.is_ok() && !call.progress().has_reply() {
        return Err(bug(call.method(), "an interceptor ended the call with `Ok`, but there is no reply"));
    }
    checked(call, result)
}

impl<F: Future<Output = Result<(), Status>>> Future for Guarded<'_, F> {
    type Output = Result<(), Status>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let level = match this.state {
            State::Entered(level) => level,
            State::Waiting | State::Ended => this.call.progress().enter(),
        };
        this.state = State::Entered(level);
        let progress = this.call.progress();
        // The innermost one has nothing to resume: its rest is what was interrupted.
        let poll = if progress.is_interrupted_at(level) { Poll::Pending } else { this.poll_rest(cx) };
        let poll = match poll {
            Poll::Pending if progress.is_interrupted() => {
                // Now, while it counts as begun: those in it that were not polled are resumed then.
                this.rest.set(None);
                Poll::Ready(Err(interrupted()))
            }
            poll => poll,
        };
        if poll.is_ready() {
            progress.leave(level);
            this.state = State::Ended;
        }
        poll
    }
}

impl<F: Future<Output = Result<(), Status>>> Drop for Guarded<'_, F> {
    #[inline]
    fn drop(&mut self) {
        if let State::Entered(level) = self.state {
            let progress = self.call.progress();
            if !progress.is_innermost(level) && !thread::panicking() {
                progress.interrupt(|| {
                    // Whether it is ready or not, it is dropped below.
                    let _ = self.poll_rest(&mut Context::from_waker(Waker::noop()));
                });
            }
            // At once: whoever gives up the rest relies on what it held being free. Those whose rest was
            // not polled just now, as in a set of futures, are resumed when that is dropped.
            self.rest.set(None);
            progress.leave(level);
        }
    }
}

/// A call as a whole: the rest of it that nobody wraps, guarded.
///
/// What it awaits knows its deadline, for the calls that it makes in turn.
#[derive(Debug)]
pub struct Whole<'a, F: Future<Output = Result<(), Status>>>(Guarded<'a, F>);

impl<'a, F: Future<Output = Result<(), Status>>> Whole<'a, F> {
    /// Guards all of `call`.
    #[inline]
    pub fn new(call: &'a Call, rest: Pin<&'a mut Option<F>>) -> Self {
        Self(Guarded::new(call, rest))
    }
}

impl<F: Future<Output = Result<(), Status>>> Future for Whole<'_, F> {
    type Output = Result<(), Status>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let guarded = &mut self.0;
        match guarded.call.client_deadline() {
            Some(deadline) => INCOMING.sync_scope(earlier(deadline), || Pin::new(guarded).poll(cx)),
            None => Pin::new(guarded).poll(cx),
        }
    }
}

/// The rest of a call as one sees it that does not wrap it: it passes through to those further out, and there
/// is nothing to be resumed.
#[derive(Debug)]
pub struct Passed<'a, F>(Pin<&'a mut Option<F>>);

impl<'a, F> Passed<'a, F> {
    /// Passes on `rest`.
    #[inline]
    pub fn new(rest: Pin<&'a mut Option<F>>) -> Self {
        Self(rest)
    }
}

impl<F: Future<Output = Result<(), Status>>> Future for Passed<'_, F> {
    type Output = Result<(), Status>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().as_pin_mut().map_or(Poll::Pending, |rest| rest.poll(cx))
    }
}

#[cold]
fn interrupted() -> Status {
    Status::cancelled("the call was interrupted")
}

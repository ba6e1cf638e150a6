use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use tonic::Status;

use super::checked::{check_result, report_bug};
use super::panics::report_panic;
use super::rest::RestRef;
use crate::Call;
use crate::status::Cause;

/// The rest of a call as those further out see it.
///
/// - A panic, an error without an error code, or success without a reply has become INTERNAL.
/// - If it is dropped before its end, those further in that wrap the call are resumed once, with
///   CANCELLED: what they do after `rest.await` they also do for a client that went away.
///
/// Dropping it drops the rest. It holds the future by reference all the same: moving it would copy the
/// whole chain at every level, and an `async fn` that takes it by value would hold it twice
/// (rust-lang/rust issue 62958).
pub(crate) struct GuardedRest<'a> {
    call: &'a Call,
    rest: RestRef<'a>,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Waiting,
    /// Begun, this deep in the chain.
    Entered(u32),
    Ended,
}

impl<'a> GuardedRest<'a> {
    /// Returns true before the first poll.
    #[inline]
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting)
    }

    pub(super) fn call(&self) -> &'a Call {
        self.call
    }

    /// Guards `rest`, which belongs to `call`.
    #[inline]
    pub(crate) fn new(call: &'a Call, rest: RestRef<'a>) -> Self {
        Self { call, rest, state: State::Waiting }
    }

    #[inline]
    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let was_polling = self.call.progress().set_polling(true);
        let poll = catch_unwind(AssertUnwindSafe(|| self.rest.as_mut().poll_rest(cx)));
        self.call.progress().set_polling(was_polling);
        match poll {
            Ok(poll) => poll.map(|result| check_rest(self.call, result)),
            Err(panic) => Poll::Ready(Err(report_panic(self.call.method(), panic))),
        }
    }
}

/// The result of a rest: a success has a reply, an error an error code.
#[inline]
fn check_rest(call: &Call, result: Result<(), Status>) -> Result<(), Status> {
    if result.is_ok() && !call.progress().has_response() {
        return Err(report_bug(
            call.method(),
            "an interceptor ended the call with `Ok`, but there is no reply",
        ));
    }
    check_result(call, result)
}

impl Future for GuardedRest<'_> {
    type Output = Result<(), Status>;

    // Into `around`, which is compiled once: there are enough calls by reference without this one.
    #[inline(always)]
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
                this.rest.as_mut().give_up();
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

impl Drop for GuardedRest<'_> {
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
            self.rest.as_mut().give_up();
            progress.leave(level);
        }
    }
}

#[cold]
fn interrupted() -> Status {
    Cause::Interrupted.on(Status::cancelled("the call was interrupted"))
}

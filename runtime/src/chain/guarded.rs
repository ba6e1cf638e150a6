use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use tonic::Status;

use super::check_result::{check_result, report_bug};
use super::panics::report_panic;
use super::rest::RestRef;
use crate::Call;
use crate::status::Cause;

/// The rest of a call, as an interceptor that wraps it sees it.
///
/// - It turns a panic, an error with the code OK and a success without a response into INTERNAL.
/// - If it is dropped before its end, it polls the inner interceptors that wrap the call one last time. Their `rest.await`
///   returns CANCELLED, so the code after it also runs for a client that went away.
///
/// Dropping it drops the rest. Nevertheless it holds the rest by reference: moving the rest would copy the inner chain at
/// every level, and an `async fn` that takes it by value would store it twice ([rust-lang/rust#62958]).
///
/// [rust-lang/rust#62958]: https://github.com/rust-lang/rust/issues/62958
pub(crate) struct GuardedRest<'a> {
    call: &'a Call,
    rest: RestRef<'a>,
    stage: Stage,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    NotStarted,
    /// The rest is running at this level of the chain.
    Running(u32),
    Finished,
}

impl<'a> GuardedRest<'a> {
    /// Guards `rest`, which belongs to `call`.
    #[inline]
    pub(crate) fn new(call: &'a Call, rest: RestRef<'a>) -> Self {
        Self { call, rest, stage: Stage::NotStarted }
    }

    /// Returns true after the first poll.
    #[inline]
    pub(super) fn has_started(&self) -> bool {
        !matches!(self.stage, Stage::NotStarted)
    }

    pub(super) fn call(&self) -> &'a Call {
        self.call
    }

    #[inline]
    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let was_polling = self.call.progress().set_polling(true);
        // The check logs the error, and an error of the user may panic when it is printed.
        let poll = catch_unwind(AssertUnwindSafe(|| {
            self.rest.as_mut().poll_rest(cx).map(|result| check_rest(self.call, result))
        }));
        self.call.progress().set_polling(was_polling);
        match poll {
            Ok(poll) => poll,
            Err(panic) => Poll::Ready(Err(end_of_panic(self.call, panic))),
        }
    }
}

/// Checks the result of a rest: a success must have a response, and an error must have the code of an error.
#[inline]
fn check_rest(call: &Call, result: Result<(), Status>) -> Result<(), Status> {
    if result.is_ok() && !call.progress().has_response() {
        return Err(report_bug(
            call.method(),
            "an interceptor ended the call with `Ok`, but there is no response",
        ));
    }
    check_result(call, result)
}

impl Future for GuardedRest<'_> {
    type Output = Result<(), Status>;

    // It is inlined into `around`, which is compiled once for each interceptor. That saves a call at each level.
    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let level = match this.stage {
            Stage::Running(level) => level,
            Stage::NotStarted | Stage::Finished => this.call.progress().enter(),
        };
        this.stage = Stage::Running(level);
        let progress = this.call.progress();
        // At the innermost level there is nothing to resume, because its rest is the part that was interrupted.
        let poll = if progress.is_interrupted_at(level) { Poll::Pending } else { this.poll_rest(cx) };
        let poll = match poll {
            Poll::Pending if progress.is_interrupted() => {
                // The rest is dropped while this level still counts as running. That resumes the inner levels which this
                // poll has not reached.
                this.rest.as_mut().drop_in_place();
                Poll::Ready(Err(interrupted()))
            }
            poll => poll,
        };
        if poll.is_ready() {
            progress.leave(level);
            this.stage = Stage::Finished;
        }
        poll
    }
}

impl Drop for GuardedRest<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Stage::Running(level) = self.stage {
            let progress = self.call.progress();
            if !progress.is_innermost(level) && !thread::panicking() {
                progress.interrupt(|| {
                    // The result does not matter, because the rest is dropped below.
                    let _ = self.poll_rest(&mut Context::from_waker(Waker::noop()));
                });
            }
            // The rest is dropped now, because an interceptor that drops its rest expects its borrows and locks to be
            // released. Inner levels that this poll has not reached, as in a set of futures, are resumed by this drop.
            self.rest.as_mut().drop_in_place();
            progress.leave(level);
        }
    }
}

/// Logs a panic, and returns the status with which the rest ends.
#[cold]
fn end_of_panic(call: &Call, panic: Box<dyn Any + Send>) -> Status {
    let status = report_panic(call.method(), panic);
    // The end of a call that is dropped is the interruption, so a panic of its destructors is only logged.
    if call.is_interrupted() { interrupted() } else { status }
}

#[cold]
fn interrupted() -> Status {
    Cause::Interrupted.on(Status::cancelled("the call was interrupted"))
}

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Instant;

use tonic::Status;

use super::{bug, checked, report};
use crate::Call;
use crate::interceptors::{INCOMING, earlier, exceeded};
use crate::status::Mark;

/// The rest of a call in its place, of whatever type: what stands in front of it is compiled once, and not
/// for each method.
pub trait AnyRest: Send {
    /// Polls it: pending for ever once it was given up.
    fn poll_rest(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Status>>;

    /// Drops it where it stands.
    fn give_up(self: Pin<&mut Self>);
}

impl<F: Future<Output = Result<(), Status>> + Send> AnyRest for Option<F> {
    fn poll_rest(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        match self.as_pin_mut() {
            Some(rest) => rest.poll(cx),
            None => Poll::Pending,
        }
    }

    fn give_up(mut self: Pin<&mut Self>) {
        self.set(None);
    }
}

/// A reference to it.
pub type RestRef<'a> = Pin<&'a mut (dyn AnyRest + 'a)>;

/// Puts a rest that is far in into a box. rustc bears a long chain only in pieces.
pub fn boxed_rest<'a>(
    rest: impl Future<Output = Result<(), Status>> + Send + 'a,
) -> Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>> {
    Box::pin(rest)
}

/// The rest of a call as those further out see it.
///
/// - A panic, an error without an error code, or success without a reply has become INTERNAL.
/// - If it is dropped before its end, those further in that wrap the call are resumed once, with
///   CANCELLED: what they do after `rest.await` they also do for a client that went away.
///
/// Dropping it drops the rest. It holds the future by reference all the same: moving it would copy the
/// whole chain at every level, and an `async fn` that takes it by value would hold it twice
/// (rust-lang/rust issue 62958).
pub(crate) struct Guarded<'a> {
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

impl<'a> Guarded<'a> {
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

impl Future for Guarded<'_> {
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

impl Drop for Guarded<'_> {
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

/// A call as a whole: the rest of it that nobody wraps, guarded.
///
/// What it awaits knows its deadline, for the calls that it makes in turn.
pub struct Whole<'a>(Guarded<'a>);

impl<'a> Whole<'a> {
    /// Guards all of `call`.
    #[inline]
    pub fn new(call: &'a Call, rest: RestRef<'a>) -> Self {
        Self(Guarded::new(call, rest))
    }

    /// Polls a call whose client waits until `deadline`. If that has passed before the call begins, the starts that are
    /// ready at once run, and one that would wait is given up.
    fn poll_until(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let is_late = matches!(self.0.state, State::Waiting) && deadline <= Instant::now();
        match INCOMING.sync_scope(earlier(deadline), || Pin::new(&mut self.0).poll(cx)) {
            Poll::Pending if is_late => Poll::Ready(Err(exceeded())),
            poll => poll,
        }
    }
}

impl Future for Whole<'_> {
    type Output = Result<(), Status>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let call = self.0.call;
        let poll = match call.client_deadline() {
            Some(deadline) => self.poll_until(deadline, cx),
            None => Pin::new(&mut self.0).poll(cx),
        };
        if poll.is_pending() {
            call.intake().read_ahead(cx, |panic| report(call.method(), panic));
        }
        poll
    }
}

impl fmt::Debug for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Whole").finish_non_exhaustive()
    }
}

/// The rest of a call as one sees it that does not wrap it: it passes through to those further out, and there
/// is nothing to be resumed.
pub struct Passed<'a>(RestRef<'a>);

impl<'a> Passed<'a> {
    /// Passes on `rest`.
    #[inline]
    pub fn new(rest: RestRef<'a>) -> Self {
        Self(rest)
    }
}

impl Future for Passed<'_> {
    type Output = Result<(), Status>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll_rest(cx)
    }
}

impl fmt::Debug for Passed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passed").finish_non_exhaustive()
    }
}

#[cold]
fn interrupted() -> Status {
    Mark::Interrupted.on(Status::cancelled("the call was interrupted"))
}

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tonic::Status;

use super::guarded::GuardedRest;
use super::panics::report_panic;
use super::rest::AnyRest;
use crate::Call;
use crate::call::{deadline_exceeded, scope_deadline};

/// The future that runs the chain of a call, from its outermost interceptor.
///
/// While it is polled, [`current_deadline`](crate::current_deadline) returns the deadline of the call.
pub struct CallFuture<'a>(GuardedRest<'a>);

impl<'a> CallFuture<'a> {
    /// Runs `rest`, which is the whole chain of `call`.
    #[inline]
    pub fn new(call: &'a Call, rest: Pin<&'a mut (impl AnyRest + 'a)>) -> Self {
        Self(GuardedRest::new(call, rest))
    }

    /// Polls a call whose client waits until `deadline`.
    ///
    /// If the deadline has passed before the first poll, the starts that are ready at once still run. The call ends at the
    /// first start that is pending.
    fn poll_until(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let is_late = !self.0.has_started() && deadline <= Instant::now();
        match scope_deadline(deadline, || Pin::new(&mut self.0).poll(cx)) {
            Poll::Pending if is_late => Poll::Ready(Err(deadline_exceeded())),
            poll => poll,
        }
    }
}

impl Future for CallFuture<'_> {
    type Output = Result<(), Status>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let call = self.0.call();
        let poll = match call.client_deadline() {
            Some(deadline) => self.poll_until(deadline, cx),
            None => Pin::new(&mut self.0).poll(cx),
        };
        if poll.is_pending() {
            call.unread_body().read_ahead(cx, |panic| report_panic(call.method(), panic));
        }
        poll
    }
}

impl fmt::Debug for CallFuture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallFuture").finish_non_exhaustive()
    }
}

//! The deadline of the call that a task serves.

use std::future::Future;
use std::pin::Pin;
use std::sync::{MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use pin_project_lite::pin_project;
use tonic::Status;

use super::Call;

tokio::task_local! {
    static CURRENT: Instant;
}

/// Returns the deadline of the call that this task serves.
///
/// It is known to everything that an annotated service, or a service behind a [`layer`](crate::layer()), awaits for a call
/// that has a deadline. A task that a handler spawns does not know it. [`Call::scope_deadline`] makes an earlier deadline
/// known.
///
/// ```
/// use vestibule::current_deadline;
///
/// // No call is being served here.
/// assert_eq!(current_deadline(), None);
/// ```
#[must_use]
pub fn current_deadline() -> Option<Instant> {
    CURRENT.try_get().ok()
}

/// Polls something that knows `deadline`, or an earlier one of a call further out.
#[inline]
pub(crate) fn with_deadline<T>(deadline: Instant, poll: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(earlier(deadline), poll)
}

#[inline]
fn earlier(deadline: Instant) -> Instant {
    CURRENT.try_with(|outer| deadline.min(*outer)).unwrap_or(deadline)
}

/// Returns the status of a call whose deadline has passed.
pub(crate) fn exceeded() -> Status {
    Status::deadline_exceeded("deadline exceeded")
}

impl Call {
    /// When the client stops waiting: its `grpc-timeout`, counted from the arrival of the call, or
    /// an earlier limit that an interceptor has set.
    ///
    /// `None` if it sent none, or one that is not [in gRPC's form], and nobody has set a limit. That form has eight digits at
    /// most. Some clients send nine for more than a day: that is no deadline, here as in tonic.
    ///
    /// [in gRPC's form]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        *self.lock_deadline()
    }

    /// Makes the deadline `limit`, if it is not earlier already. It is told to those further in;
    /// `Deadline` is what ends the call, and a [`client`](crate::client()) does by itself.
    /// If it has passed when all starts have run, the handler is not reached.
    pub fn limit_deadline(&self, limit: Instant) {
        let mut deadline = self.lock_deadline();
        *deadline = Some(deadline.map_or(limit, |deadline| deadline.min(limit)));
    }

    /// When the client stops waiting, whatever limit an interceptor has set since.
    ///
    /// [`deadline`](Self::deadline) is this or an earlier one.
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// let mut request = tonic::Request::new(());
    /// request.set_timeout(std::time::Duration::from_secs(3));
    /// let call = Call::new(ECHO, request);
    /// call.limit_deadline(std::time::Instant::now());
    /// assert!(call.client_deadline() > call.deadline());
    /// ```
    #[must_use]
    pub fn client_deadline(&self) -> Option<Instant> {
        self.client_deadline
    }

    /// Checks that the call has time left.
    ///
    /// # Errors
    ///
    /// `DEADLINE_EXCEEDED`: the [`deadline`](Self::deadline) has passed.
    ///
    /// ```
    /// use std::time::Instant;
    ///
    /// use vestibule::Code;
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// # let call = Call::new(ECHO, tonic::Request::new(()));
    /// assert!(call.check_deadline().is_ok());
    /// call.limit_deadline(Instant::now());
    /// assert_eq!(call.check_deadline().unwrap_err().code(), Code::DeadlineExceeded);
    /// ```
    #[inline]
    pub fn check_deadline(&self) -> Result<(), Status> {
        match self.deadline() {
            Some(deadline) if deadline <= Instant::now() => Err(exceeded()),
            _ => Ok(()),
        }
    }

    /// Makes the deadline of this call known to `future`: [`current_deadline`] returns it there.
    ///
    /// An interceptor that sets a limit wraps the rest of the call with it, so that calls which the handler makes in turn
    /// end in time. A limit that is set while `future` runs is not known to it.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    ///
    /// use vestibule::{Call, Rest, Status, interceptor};
    ///
    /// #[interceptor]
    /// async fn one_second(call: &Call, rest: impl Rest) -> Result<(), Status> {
    ///     let limit = Instant::now() + Duration::from_secs(1);
    ///     call.limit_deadline(limit);
    ///     let rest = tokio::time::timeout_at(limit.into(), call.scope_deadline(rest));
    ///     rest.await.unwrap_or_else(|_| Err(Status::deadline_exceeded("it takes too long")))
    /// }
    /// ```
    pub fn scope_deadline<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        ScopedDeadline { deadline: self.deadline().map(earlier), future }
    }

    fn lock_deadline(&self) -> MutexGuard<'_, Option<Instant>> {
        self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pin_project! {
    /// A future that knows the deadline of the call it belongs to.
    struct ScopedDeadline<F> {
        deadline: Option<Instant>,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for ScopedDeadline<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        match *this.deadline {
            Some(deadline) => CURRENT.sync_scope(deadline, || this.future.poll(cx)),
            None => this.future.poll(cx),
        }
    }
}

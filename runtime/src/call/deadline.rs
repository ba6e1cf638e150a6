//! The deadline of a call, and of the call that the current task serves.

use std::future::Future;
use std::pin::Pin;
use std::sync::{MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use pin_project_lite::pin_project;
use tokio::task::futures::TaskLocalFuture;
use tonic::Status;

use super::Call;

tokio::task_local! {
    static CURRENT: Instant;
}

/// Returns the deadline of the call that the current task serves, or `None` if there is none.
///
/// There is a deadline while an annotated service, or a service behind a [`layer`](crate::layer()), serves a call
/// whose client has set one. In a task that the handler spawns, there is none. [`Call::scope_deadline`] sets an
/// earlier deadline.
///
/// The interceptor `PropagateDeadline` of the crate `vestibule-interceptors` uses this function: on a client with
/// this interceptor, the calls that a handler makes have the same deadline.
///
/// ```
/// use vestibule::current_deadline;
///
/// // No call is being served here.
/// assert_eq!(current_deadline(), None);
/// ```
#[must_use]
pub fn current_deadline() -> Option<Instant> {
    CURRENT.try_with(|deadline| *deadline).ok()
}

/// Runs `poll` with `deadline` as the current one, or with the deadline of an outer call if that is earlier.
#[inline]
pub(crate) fn scope_deadline<T>(deadline: Instant, poll: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(earlier(deadline), poll)
}

/// Returns the earlier of `deadline` and the current one.
#[inline]
fn earlier(deadline: Instant) -> Instant {
    CURRENT.try_with(|outer| deadline.min(*outer)).unwrap_or(deadline)
}

/// Returns the status of a call whose deadline has passed.
pub(crate) fn deadline_exceeded() -> Status {
    Status::deadline_exceeded("deadline exceeded")
}

impl Call {
    /// Returns the deadline of the call, or `None` if it has none.
    ///
    /// It is the earlier of two times: the client's `grpc-timeout`, counted from the arrival of the call, and a limit that
    /// an interceptor has set by [`limit_deadline`](Self::limit_deadline).
    ///
    /// A `grpc-timeout` has at most eight digits, as the [gRPC protocol] says. Some clients send nine digits for a
    /// timeout of more than a day. Such a timeout is ignored, as in tonic.
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// use std::time::{Duration, Instant};
    ///
    /// let mut request = tonic::Request::new(());
    /// request.set_timeout(Duration::from_secs(3));
    /// let call = Call::new(ECHO, request);
    /// assert!(call.deadline().unwrap() > Instant::now() + Duration::from_secs(2));
    /// ```
    ///
    /// [gRPC protocol]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        *self.lock_deadline()
    }

    /// Sets the deadline to `limit`, unless the deadline is earlier already.
    ///
    /// Inner interceptors and the handler see the new deadline. If it has passed when all starts have run, the call
    /// fails with `DEADLINE_EXCEEDED`, and its handler does not run. A [`client`](crate::client()) ends the call at
    /// the deadline. On a server, the interceptor `Deadline` of the crate `vestibule-interceptors` ends the call.
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// # let call = Call::new(ECHO, tonic::Request::new(()));
    /// use std::time::{Duration, Instant};
    ///
    /// let limit = Instant::now() + Duration::from_secs(1);
    /// call.limit_deadline(limit);
    /// call.limit_deadline(limit + Duration::from_secs(1));
    /// assert_eq!(call.deadline(), Some(limit));
    /// ```
    pub fn limit_deadline(&self, limit: Instant) {
        let mut deadline = self.lock_deadline();
        *deadline = Some(deadline.map_or(limit, |deadline| deadline.min(limit)));
    }

    /// Returns the deadline that the client has set, or `None` if it has set none.
    ///
    /// A limit that an interceptor sets does not change this deadline. It is never earlier than
    /// [`deadline`](Self::deadline).
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

    /// Checks that the deadline of the call has not passed.
    ///
    /// # Errors
    ///
    /// Returns `DEADLINE_EXCEEDED` if the [`deadline`](Self::deadline) has passed.
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
            Some(deadline) if deadline <= Instant::now() => Err(deadline_exceeded()),
            _ => Ok(()),
        }
    }

    /// Wraps `future` so that [`current_deadline`], called inside it, returns the deadline of this call.
    ///
    /// An interceptor that sets a limit wraps the rest of the call with this method. Then the calls that the handler
    /// makes through a client with the interceptor `PropagateDeadline` end by the same limit.
    ///
    /// The deadline is read when this method is called. A limit that is set while `future` runs has no effect.
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
    ///     rest.await.unwrap_or_else(|_| Err(Status::deadline_exceeded("the call took too long")))
    /// }
    /// ```
    pub fn scope_deadline<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        match self.deadline().map(earlier) {
            Some(deadline) => ScopedDeadline::Known { future: CURRENT.scope(deadline, future) },
            None => ScopedDeadline::Unknown { future },
        }
    }

    fn lock_deadline(&self) -> MutexGuard<'_, Option<Instant>> {
        self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pin_project! {
    /// A future that knows the deadline of its call. tokio's scope also holds while the future is dropped.
    #[project = ScopedDeadlineProjection]
    enum ScopedDeadline<F> {
        Known { #[pin] future: TaskLocalFuture<Instant, F> },
        Unknown { #[pin] future: F },
    }
}

impl<F: Future> Future for ScopedDeadline<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.project() {
            ScopedDeadlineProjection::Known { future } => future.poll(cx),
            ScopedDeadlineProjection::Unknown { future } => future.poll(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::pin::pin;
    use std::sync::{Arc, Mutex};
    use std::task::Waker;
    use std::time::Duration;

    use tonic::Request;

    use super::*;
    use crate::{MethodInfo, Shape};

    const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);

    fn call(deadline: Instant) -> Call {
        let call = Call::new(ECHO, Request::new(()));
        call.limit_deadline(deadline);
        call
    }

    /// Notes the current deadline when it is dropped.
    struct Note(Arc<Mutex<Option<Instant>>>);

    impl Drop for Note {
        fn drop(&mut self) {
            *self.0.lock().unwrap() = current_deadline();
        }
    }

    #[test]
    fn a_future_that_is_dropped_knows_its_deadline() {
        let (deadline, seen) = (Instant::now() + Duration::from_secs(1), Arc::default());
        let note = Note(Arc::clone(&seen));
        {
            let future = pin!(call(deadline).scope_deadline(async move {
                let _note = note;
                pending::<()>().await;
            }));
            assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        assert_eq!(*seen.lock().unwrap(), Some(deadline));
    }

    #[test]
    fn the_deadline_of_a_call_further_out_counts_if_it_is_earlier() {
        let soon = Instant::now() + Duration::from_secs(1);
        let late = soon + Duration::from_secs(1);
        assert_eq!(with(soon, late), Some(soon));
        assert_eq!(with(late, soon), Some(soon));
    }

    fn with(outer: Instant, inner: Instant) -> Option<Instant> {
        scope_deadline(outer, || {
            let future = pin!(call(inner).scope_deadline(async { current_deadline() }));
            match future.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(deadline) => deadline,
                Poll::Pending => unreachable!("it awaits nothing"),
            }
        })
    }
}

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tonic::Status;

/// The rest of a call with its type erased, so that interceptors are compiled once, and not for each method.
pub trait AnyRest: Send {
    /// Polls the rest. After it was dropped, it is always pending.
    fn poll_rest(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Status>>;

    /// Drops the rest, as its owner would.
    fn drop_in_place(self: Pin<&mut Self>);
}

impl<F: Future<Output = Result<(), Status>> + Send> AnyRest for Option<F> {
    fn poll_rest(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        match self.as_pin_mut() {
            Some(rest) => rest.poll(cx),
            None => Poll::Pending,
        }
    }

    fn drop_in_place(mut self: Pin<&mut Self>) {
        self.set(None);
    }
}

/// A reference to the rest of a call, which is pinned in the next outer level.
pub type RestRef<'a> = Pin<&'a mut (dyn AnyRest + 'a)>;

/// Refers to a rest and erases its type.
///
/// The expansion could do so without this function. But then rustc finds out several times for each level that the future may
/// move to another thread, and `cargo check` takes a tenth longer.
#[inline(always)]
pub fn rest_ref<'a>(rest: Pin<&'a mut (impl AnyRest + 'a)>) -> Pin<&'a mut (dyn AnyRest + 'a)> {
    rest
}

/// Boxes a rest deep in the chain. rustc limits the depth of a type, so that a long chain must be split.
pub fn box_rest<'a>(
    rest: impl Future<Output = Result<(), Status>> + Send + 'a,
) -> Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>> {
    Box::pin(rest)
}

/// The rest of a call for an interceptor function that does not wrap it.
///
/// The function has no code after the rest, so there is nothing to resume when the rest is dropped.
pub struct UnguardedRest<'a>(RestRef<'a>);

impl<'a> UnguardedRest<'a> {
    /// Creates a future that runs `rest`.
    #[inline]
    pub fn new(rest: RestRef<'a>) -> Self {
        Self(rest)
    }
}

impl Future for UnguardedRest<'_> {
    type Output = Result<(), Status>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll_rest(cx)
    }
}

impl fmt::Debug for UnguardedRest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnguardedRest").finish_non_exhaustive()
    }
}

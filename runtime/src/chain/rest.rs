use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tonic::Status;

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

/// The rest of a call as one sees it that does not wrap it: it passes through to those further out, and there
/// is nothing to be resumed.
pub struct UnguardedRest<'a>(RestRef<'a>);

impl<'a> UnguardedRest<'a> {
    /// Passes on `rest`.
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

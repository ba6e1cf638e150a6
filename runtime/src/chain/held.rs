//! Keeps the handler's future and its stream of replies outside of the levels of the chain.
//!
//! A level is a future that holds the next one. If the innermost one held the handler's future as well, each level
//! would be as large as the handler, which rustc counts against its depth limit, and each would be copied as it is
//! made, which a debug build does on the stack. So they have a place as far out as what the handler borrows allows, and
//! the levels further in only refer to it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tonic::Response;

/// The type of what a place holds. In a debug build it is a box, because unoptimized code copies what it moves.
#[cfg(debug_assertions)]
pub(super) type Stored<T> = Pin<Box<T>>;
#[cfg(not(debug_assertions))]
pub(super) type Stored<T> = T;

/// A future or stream in its place, which is empty again when this is dropped.
pub struct Held<'a, T> {
    place: Pin<&'a mut Option<T>>,
}

/// Puts what `make` returns into its place.
///
/// This function makes it, and not its caller: a debug build keeps a copy on the caller's stack until that returns.
#[inline]
pub fn hold<'a, T>(
    mut place: Pin<&'a mut Option<Stored<T>>>,
    make: impl FnOnce() -> T,
) -> Held<'a, Stored<T>> {
    #[cfg(debug_assertions)]
    place.set(Some(Box::pin(make())));
    #[cfg(not(debug_assertions))]
    place.set(Some(make()));
    Held { place }
}

/// Puts the stream that `handler` responds with into its place.
///
/// The stream is copied within this function, and not within a level of the chain.
#[inline]
pub async fn hold_stream<'a, T, S, E>(
    handler: impl Future<Output = Result<T, E>>,
    place: Pin<&'a mut Option<Stored<S>>>,
    respond: impl FnOnce(T) -> Response<S>,
) -> Result<Response<Held<'a, Stored<S>>>, E> {
    Ok(respond(handler.await?).map(|stream| hold(place, || stream)))
}

impl<F: Future> Future for Held<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Some(future) = self.place.as_mut().as_pin_mut() else { return Poll::Pending };
        let output = ready!(future.poll(cx));
        // At once, as `.await` does: what the future has borrowed is free from here on.
        self.place.set(None);
        Poll::Ready(output)
    }
}

impl<T> Held<'_, Stored<T>> {
    /// Returns what is held, until this is dropped.
    ///
    /// # Panics
    ///
    /// If it was a future, and has ended.
    #[inline]
    pub fn get(self: Pin<&mut Self>) -> Pin<&mut T> {
        let held =
            self.get_mut().place.as_mut().as_pin_mut().expect("a stream is held until this is dropped");
        #[cfg(debug_assertions)]
        let held = Pin::get_mut(held).as_mut();
        held
    }
}

impl<T> Drop for Held<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.place.set(None);
    }
}

impl<T> fmt::Debug for Held<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").finish_non_exhaustive()
    }
}

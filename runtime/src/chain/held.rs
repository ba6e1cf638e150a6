//! Slots outside of the chain's levels for the handler's future and its response stream.
//!
//! A level is a future that contains the next inner level. If the innermost level contained the handler's future, each level
//! would be as large as the handler. rustc would count the handler against its depth limit at each level, and a debug
//! build would copy it at each level on the stack. So the handler's future stands in a slot as far out as its borrows
//! allow, and the inner levels only refer to it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tonic::Response;

/// The type of the value in a slot. In a debug build it is boxed, because unoptimized code copies every value it moves.
#[cfg(debug_assertions)]
pub(super) type Stored<T> = Pin<Box<T>>;
#[cfg(not(debug_assertions))]
pub(super) type Stored<T> = T;

/// A reference to a future or a stream in a slot. Dropping it empties the slot.
pub struct Held<'a, T> {
    slot: Pin<&'a mut Option<T>>,
}

/// Puts the value that `make` returns into `slot`.
///
/// This function calls `make`, and not its caller, because a debug build would keep a copy on the caller's stack.
#[inline]
pub fn hold<'a, T>(
    mut slot: Pin<&'a mut Option<Stored<T>>>,
    make: impl FnOnce() -> T,
) -> Held<'a, Stored<T>> {
    #[cfg(debug_assertions)]
    slot.set(Some(Box::pin(make())));
    #[cfg(not(debug_assertions))]
    slot.set(Some(make()));
    Held { slot }
}

/// Runs `handler`, and puts the stream of its response into `slot`.
///
/// The copies of the stream are on the stack of this function, and not in a level of the chain.
#[inline]
pub async fn hold_stream<'a, T, S, E>(
    handler: impl Future<Output = Result<T, E>>,
    slot: Pin<&'a mut Option<Stored<S>>>,
    respond: impl FnOnce(T) -> Response<S>,
) -> Result<Response<Held<'a, Stored<S>>>, E> {
    Ok(respond(handler.await?).map(|stream| hold(slot, || stream)))
}

impl<F: Future> Future for Held<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Some(future) = self.slot.as_mut().as_pin_mut() else { return Poll::Pending };
        let output = ready!(future.poll(cx));
        // The future is dropped when it is ready, as `.await` does, so that its borrows end.
        self.slot.set(None);
        Poll::Ready(output)
    }
}

impl<T> Held<'_, Stored<T>> {
    /// Returns the value in the slot.
    ///
    /// # Panics
    ///
    /// Panics if the value was a future and has ended.
    #[inline]
    pub fn get(self: Pin<&mut Self>) -> Pin<&mut T> {
        let value = self.get_mut().slot.as_mut().as_pin_mut().expect("only a future leaves its slot early");
        #[cfg(debug_assertions)]
        let value = Pin::get_mut(value).as_mut();
        value
    }
}

impl<T> Drop for Held<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.slot.set(None);
    }
}

impl<T> fmt::Debug for Held<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::pin::pin;
    use std::task::Waker;

    use super::*;

    /// A future that is ready at once and notes its drop.
    struct Noted<'a>(&'a Cell<bool>);

    impl Future for Noted<'_> {
        type Output = ();

        fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
            Poll::Ready(())
        }
    }

    impl Drop for Noted<'_> {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }

    #[test]
    fn a_future_that_is_ready_is_dropped_before_its_slot() {
        let is_dropped = Cell::new(false);
        let slot = pin!(None);
        let mut held = hold(slot, || Noted(&is_dropped));
        assert!(Pin::new(&mut held).poll(&mut Context::from_waker(Waker::noop())).is_ready());
        assert!(is_dropped.get());
    }
}

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tonic::{Code, Status};

use super::BUG;
use crate::Call;

/// The rest of a call as those further out see it: a panic or an error without an error code
/// has become INTERNAL.
///
/// It holds the future by reference: moving it would copy the whole chain at every level, and an
/// `async fn` that takes it by value would hold it twice (rust-lang/rust issue 62958).
#[derive(Debug)]
pub struct Guarded<'a, F> {
    call: &'a Call,
    rest: Pin<&'a mut F>,
}

impl<'a, F> Guarded<'a, F> {
    /// Guards `rest`, which belongs to `call`.
    #[inline]
    pub fn new(call: &'a Call, rest: Pin<&'a mut F>) -> Self {
        Self { call, rest }
    }
}

impl<F: Future<Output = Result<(), Status>>> Future for Guarded<'_, F> {
    type Output = Result<(), Status>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let rest = self.rest.as_mut();
        match catch_unwind(AssertUnwindSafe(|| rest.poll(cx))) {
            Ok(Poll::Ready(Err(status))) if status.code() == Code::Ok => {
                Poll::Ready(Err(without_code(self.call)))
            }
            Ok(poll) => poll,
            Err(panic) => Poll::Ready(Err(panicked(self.call, &*panic))),
        }
    }
}

#[cold]
fn without_code(call: &Call) -> Status {
    tracing::error!(target: "vestibule", method = call.method().path(), "an error with the code OK");
    Status::internal(BUG)
}

#[cold]
fn panicked(call: &Call, panic: &(dyn Any + Send)) -> Status {
    tracing::error!(target: "vestibule", method = call.method().path(), panic = panic_text(panic), "a call panicked");
    Status::internal(BUG)
}

/// The message of `panic!`, which is a `&str` or a `String` unless `panic_any` was used.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    if let Some(text) = panic.downcast_ref::<&str>() {
        text
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text
    } else {
        "a value that is no text"
    }
}

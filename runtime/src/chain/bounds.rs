//! Bounds of the expansion on the user's types, as traits with messages for the compiler.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use tonic::Response;

/// A service that can be cloned for a response stream.
///
/// It is implemented for all types that are `Clone`. With a trait of its own, the compiler can say why it is required.
#[diagnostic::on_unimplemented(
    message = "`{Self}` must be `Clone`, because one of its methods responds with a stream",
    label = "this service cannot be cloned",
    note = "a response stream outlives the `&self` of its method: derive `Clone`, put large fields into an `Arc`, and bound type parameters by `Clone`; or generate the trait with `use_arc_self`"
)]
pub trait CloneService {
    /// Returns the service for one response stream.
    #[must_use]
    fn clone_service(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<S: Clone> CloneService for S {
    #[inline]
    fn clone_service(&self) -> Self {
        self.clone()
    }
}

/// A service that calls on several threads can share.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a service, because calls on several threads share it",
    label = "this type is not `Send`, `Sync` and `'static`",
    note = "put fields that calls change into a `Mutex` or an atomic, put shared fields into an `Arc`, and bound each type parameter of the impl by `Send + Sync + 'static`"
)]
pub trait ServiceType {
    /// Does nothing. The expansion calls it to check the bound.
    fn check() {}
}

#[diagnostic::do_not_recommend]
impl<S: Send + Sync + 'static> ServiceType for S {}

/// A value that a list passes to an interceptor function.
///
/// It is implemented for all types that are `Clone`. With a trait of its own, the compiler can suggest an alternative.
#[diagnostic::on_unimplemented(
    message = "`{Self}` must be `Clone`, because the list passes it to the function in each call",
    label = "this value cannot be cloned",
    note = "derive `Clone`, or take a reference to it; if it is an extractor, write `#[extract]` before the parameter"
)]
pub trait ListedValue {
    /// Returns the value for one call.
    #[must_use]
    fn for_this_call(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> ListedValue for T {
    #[inline]
    fn for_this_call(&self) -> T {
        self.clone()
    }
}

/// A stream of response messages or errors.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream of responses",
    label = "not a stream of `Result`s",
    note = "a streaming method returns a `Stream` of `Result<<response type>, <error type>>`"
)]
pub trait ResponseItems {
    /// The type of a response message.
    type Response;
    /// The type of an error.
    type Error;
}

#[diagnostic::do_not_recommend]
impl<S, T, E> ResponseItems for S
where
    S: Stream<Item = Result<T, E>>,
{
    type Response = T;
    type Error = E;
}

/// A stream that a handler may respond with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream of responses",
    label = "not a `Stream` of `Result<{T}, _>`",
    note = "a streaming method returns `impl Stream<Item = Result<{T}, Status>>`: `ReceiverStream::new(receiver)` makes one of a channel's `Receiver`, and `tokio_stream::iter(responses)` one of a list of responses"
)]
pub trait ResponseMessages<T, E> {
    /// Polls the stream, as `Stream::poll_next` does.
    fn poll_response(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>>;
}

#[diagnostic::do_not_recommend]
impl<S: Stream<Item = Result<T, E>>, T, E> ResponseMessages<T, E> for S {
    #[inline]
    fn poll_response(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        self.poll_next(cx)
    }
}

/// A stream that can be sent to another thread.
///
/// The expansion checks it at the user's type. Otherwise the compiler would report the future of the whole chain.
pub trait SendStream: Sized {
    /// Returns `response` as it is.
    fn checked(response: Response<Self>) -> Response<Self>;
}

impl<S: Send> SendStream for S {
    #[inline]
    fn checked(response: Response<S>) -> Response<S> {
        response
    }
}

/// A handler whose future can be sent to another thread.
///
/// The expansion checks it at the name of the handler, for the same reason as [`SendStream`].
pub trait SendHandler: Sized {
    /// Returns the closure that calls the handler as it is.
    // It does not take the handler's future, because a debug build would copy that once more.
    fn checked<M: FnOnce() -> Self>(call: M) -> M;
}

impl<F: Future + Send> SendHandler for F {
    #[inline(always)]
    fn checked<M: FnOnce() -> F>(call: M) -> M {
        call
    }
}

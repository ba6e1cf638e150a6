//! Traits that the expansion asks of the user's types, by names that the compiler's messages can explain.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use tonic::Response;

/// A service of which a streaming reply can have its own.
///
/// It is `Clone`, by another name, so that the compiler can say why it is asked for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` must be `Clone`, because a method of it streams its reply",
    label = "this service can't be cloned",
    note = "a stream outlives the `&self` of its method: derive `Clone`, with an `Arc` around what is large, and bound type parameters by `Clone` as well; or generate the trait with `use_arc_self`"
)]
pub trait CloneService {
    /// A service for one reply.
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

/// A service that many calls share, on any thread.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a service, which many calls share",
    label = "this is not `Send`, `Sync` and `'static`",
    note = "keep what calls change in a `Mutex` or an atomic, what they share in an `Arc`, and bound each type parameter of the impl by `Send + Sync + 'static`"
)]
pub trait ServiceType {
    /// Is called where the bound is to be checked.
    fn check() {}
}

#[diagnostic::do_not_recommend]
impl<S: Send + Sync + 'static> ServiceType for S {}

/// A value that a list gives to an interceptor's function.
///
/// This is `Clone` by another name, so that the compiler can say what else may be meant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` must be `Clone`, because a list gives it to each call",
    label = "this value can't be cloned",
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

/// A stream of replies, or of errors in their place.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream of replies",
    label = "not a stream of `Result`s",
    note = "a method streams its reply as a `Stream` of `Result<<reply type>, <error type>>`"
)]
pub trait ResponseItems {
    /// The type of a reply.
    type SingleResponse;
    /// What may come in its place.
    type Error;
}

#[diagnostic::do_not_recommend]
impl<S, T, E> ResponseItems for S
where
    S: Stream<Item = Result<T, E>>,
{
    type SingleResponse = T;
    type Error = E;
}

/// A stream that can be a reply.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream of replies",
    label = "not a `Stream` of `Result<{T}, _>`",
    note = "a method streams its reply as `impl Stream<Item = Result<{T}, Status>>`: a channel's `Receiver` becomes one by `ReceiverStream::new(receiver)`, and a list `replies` by `tokio_stream::iter(replies)`"
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

/// A stream that can be sent to another thread. The bound stands at the type that the user wrote: of the chain as a whole,
/// rustc would name all that is in it.
pub trait SendStream: Sized {
    /// The same reply.
    fn checked(reply: Response<Self>) -> Response<Self>;
}

impl<S: Send> SendStream for S {
    #[inline]
    fn checked(reply: Response<S>) -> Response<S> {
        reply
    }
}

/// A handler whose future can be sent to another thread. The bound stands at the handler's name, for the same reason.
pub trait SendHandler: Sized {
    /// Returns the call of the handler as it is.
    // It takes the call, and not the handler's future: a debug build would copy that once more.
    fn checked<M: FnOnce() -> Self>(call: M) -> M;
}

impl<F: Future + Send> SendHandler for F {
    #[inline(always)]
    fn checked<M: FnOnce() -> F>(call: M) -> M {
        call
    }
}

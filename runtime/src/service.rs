//! What a method that streams its reply asks of the service and of the stream.

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

/// A stream of replies, or of errors in their place.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream of replies",
    label = "not a stream of `Result`s",
    note = "a method streams its reply as a `Stream` of `Result<<reply type>, <error type>>`"
)]
pub trait ReplyItems {
    /// The type of a reply.
    type Reply;
    /// What may come in its place.
    type Error;
}

#[diagnostic::do_not_recommend]
impl<S, T, E> ReplyItems for S
where
    S: Stream<Item = Result<T, E>>,
{
    type Reply = T;
    type Error = E;
}

/// A stream that can be a reply. Asked for at the type that the user wrote: where the chain is sent,
/// rustc would name the whole of it.
pub trait StreamedReply: Sized {
    /// The same reply.
    fn checked(reply: Response<Self>) -> Response<Self>;
}

impl<S: Stream + Send> StreamedReply for S {
    #[inline]
    fn checked(reply: Response<S>) -> Response<S> {
        reply
    }
}

/// A handler that can be run. Asked for at its name, for the same reason.
pub trait SentHandler: Sized {
    /// Returns the call of the handler as it is.
    // By reference to its type alone: the handler itself would be copied once more in a debug build.
    fn checked<M: FnOnce() -> Self>(call: M) -> M;
}

impl<F: Future + Send> SentHandler for F {
    #[inline(always)]
    fn checked<M: FnOnce() -> F>(call: M) -> M {
        call
    }
}

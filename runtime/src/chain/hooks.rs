use std::any::TypeId;

use tonic::{Code, Status};

use crate::Method;
use crate::status::Cause;

/// Callbacks for the messages and the end of one call, which an interceptor returns from its `start`.
///
/// Each method does nothing unless it is overridden. `()` implements the trait and does nothing. See
/// [`Interceptor`](trait@crate::Interceptor) for an example that returns such hooks from `start`.
///
/// ```
/// use prost::Message;
/// use vestibule::{Hooks, Method, Outcome, Status};
///
/// struct SizeLimit {
///     bytes_left: usize,
/// }
///
/// impl<M: Method<Request: Message>> Hooks<M> for SizeLimit {
///     fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
///         let bytes_left = self.bytes_left.checked_sub(message.encoded_len());
///         self.bytes_left = bytes_left.ok_or_else(|| Status::resource_exhausted("too many bytes"))?;
///         Ok(())
///     }
///
///     fn on_finish(&mut self, outcome: &Outcome) {
///         println!("{:?} with {} bytes left", outcome.code(), self.bytes_left);
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the hooks `{Self}` do not accept the messages of this method",
    label = "its hooks do not accept this method's messages",
    note = "write `impl<M: vestibule::Method> vestibule::Hooks<M> for {Self}`, or implement `Hooks<{M}>` for it"
)]
pub trait Hooks<M: Method>: Send {
    /// Inspects or changes a message from the client before the handler receives it.
    ///
    /// The hooks of the outermost interceptor run first. See [`Hooks`] for an example.
    ///
    /// # Errors
    ///
    /// Returns a status to end the call with it. The handler does not receive the message.
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        let _ = message;
        Ok(())
    }

    /// Inspects or changes a message from the handler before the client receives it.
    ///
    /// The hooks of the innermost interceptor run first. Implement it in the same way as
    /// [`on_request`](Self::on_request).
    ///
    /// # Errors
    ///
    /// Returns a status to end the call with it. The client does not receive the message.
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        let _ = message;
        Ok(())
    }

    /// Handles the end of the call. It runs exactly once, however the call ends.
    ///
    /// The hooks of the innermost interceptor run first. See [`Hooks`] for an example.
    fn on_finish(&mut self, outcome: &Outcome) {
        let _ = outcome;
    }
}

impl<M: Method> Hooks<M> for () {}

#[diagnostic::do_not_recommend]
impl<M: Method, H: Hooks<M>> Hooks<M> for Option<H> {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.as_mut().map_or(Ok(()), |hooks| hooks.on_request(message))
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        self.as_mut().map_or(Ok(()), |hooks| hooks.on_response(message))
    }

    fn on_finish(&mut self, outcome: &Outcome) {
        if let Some(hooks) = self {
            hooks.on_finish(outcome);
        }
    }
}

/// Returns true if these hooks do anything. The compiler turns it into a constant.
///
/// `()` does nothing, and neither does the `Option` that `only` and `except` make of it.
pub(crate) fn act<H: 'static>() -> bool {
    let hooks = TypeId::of::<H>();
    hooks != TypeId::of::<()>() && hooks != TypeId::of::<Option<()>>()
}

/// The end of a call, as an interceptor sees it.
///
/// [`Hooks::on_finish`] receives it. An interceptor that wraps the call gets it from the result of `rest`, with
/// [`Outcome::of`].
///
/// ```
/// use vestibule::{Code, Outcome, Status};
///
/// assert_eq!(Outcome::Finished(Ok(())).code(), Some(Code::Ok));
/// assert_eq!(Outcome::Finished(Err(Status::not_found("x"))).code(), Some(Code::NotFound));
/// assert_eq!(Outcome::Interrupted.code(), None);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The call has finished with this result. Outer interceptors may still replace it.
    Finished(Result<(), Status>),
    /// The handler, an inner interceptor or its hooks have panicked.
    ///
    /// The client receives this status, INTERNAL with a fixed text, unless an outer interceptor replaces it. The
    /// panic is logged. In a layer, the outcome after a panic of the service behind it is `Finished` with that
    /// status.
    Panicked(Status),
    /// The call was dropped before it had a result: the client disconnected, a timer fired, or an outer interceptor
    /// dropped its `rest`.
    Interrupted,
}

impl Outcome {
    /// Returns the outcome for `result`, the result of `rest.await`.
    ///
    /// It distinguishes a panic from other statuses with the code INTERNAL, and an interrupted call from other
    /// statuses with the code CANCELLED. If an inner interceptor has replaced such a status, the outcome is
    /// `Finished`. The same is true for a status that comes from a service behind a layer, or from a server.
    ///
    /// ```
    /// use vestibule::{Call, Outcome, Rest, Status, interceptor};
    ///
    /// #[interceptor]
    /// async fn count_panics(call: &Call, rest: impl Rest) -> Result<(), Status> {
    ///     let result = rest.await;
    ///     if let Outcome::Panicked(_) = Outcome::of(&result) {
    ///         println!("{} panicked", call.method().path());
    ///     }
    ///     result
    /// }
    /// ```
    #[must_use]
    pub fn of(result: &Result<(), Status>) -> Self {
        match result.as_ref().err().and_then(Cause::of) {
            Some(Cause::Interrupted) => Self::Interrupted,
            _ => Self::finished(result.clone()),
        }
    }

    /// Returns the outcome of a call that was not interrupted.
    #[inline]
    pub(crate) fn finished(result: Result<(), Status>) -> Self {
        match result {
            Err(status) if Cause::of(&status) == Some(Cause::Panicked) => Self::Panicked(status),
            result => Self::Finished(result),
        }
    }

    /// Returns the status code, which is [`Code::Ok`] for a success. An interrupted call has none.
    ///
    /// See [`Outcome`] for an example.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Finished(Ok(())) => Some(Code::Ok),
            Self::Finished(Err(status)) | Self::Panicked(status) => Some(status.code()),
            Self::Interrupted => None,
        }
    }

    /// Returns the status of a failure. A call that has succeeded or was interrupted has none.
    ///
    /// ```
    /// use vestibule::{Outcome, Status};
    ///
    /// let outcome = Outcome::Finished(Err(Status::not_found("no such book")));
    /// assert_eq!(outcome.status().unwrap().message(), "no such book");
    /// assert!(Outcome::Finished(Ok(())).status().is_none());
    /// ```
    #[must_use]
    pub fn status(&self) -> Option<&Status> {
        match self {
            Self::Finished(Err(status)) | Self::Panicked(status) => Some(status),
            Self::Finished(Ok(())) | Self::Interrupted => None,
        }
    }
}

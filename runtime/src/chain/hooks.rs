use tonic::{Code, Status};

use crate::Method;
use crate::status::Cause;

/// What an interceptor's `start` leaves behind for the call: it sees the messages and the end.
///
/// `()` does nothing; so does each method that is not overridden. See [`Interceptor`] for an
/// example.
///
/// [`Interceptor`]: trait@crate::Interceptor
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit the messages of this method",
    label = "its hooks do not accept this method's messages",
    note = "the interceptor's hooks must implement `Hooks<{M}>`, as by `impl<M: Method> Hooks<M> for ...`; one with `ClientOnly` hooks fits on a client, `vestibule::client(channel, (...))`"
)]
pub trait Hooks<M: Method>: Send {
    /// A message from the client, before the handler gets it. In a chain, outermost first.
    ///
    /// # Errors
    ///
    /// An error ends the call with that status; the handler does not see the message.
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        let _ = message;
        Ok(())
    }

    /// A message from the handler, before the client gets it. In a chain, innermost first.
    ///
    /// # Errors
    ///
    /// An error ends the call with that status; the client does not get the message.
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        let _ = message;
        Ok(())
    }

    /// The end of the call. It runs exactly once, whatever happened. In a chain, innermost first.
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

/// How a call ended, as far as the interceptor that is told can know.
///
/// ```
/// use vestibule::{Code, Outcome, Status};
///
/// assert_eq!(Outcome::Finished(Ok(())).code(), Some(Code::Ok));
/// assert_eq!(Outcome::Finished(Err(Status::not_found("x"))).code(), Some(Code::NotFound));
/// assert_eq!(Outcome::Interrupted.code(), None);
/// ```
///
/// An interceptor that wraps the call asks for it with [`Outcome::of`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// With this result. Interceptors further out may still replace it.
    Finished(Result<(), Status>),
    /// With a panic: of the handler, of an interceptor or of hooks further in. The client sees this status, INTERNAL with
    /// a fixed text, unless an interceptor further out replaces it; the log has the panic. In a layer, a panic within an
    /// annotated service is `Finished` with that status.
    Panicked(Status),
    /// Before there was a result: the client went away, a timer fired, or an interceptor further out
    /// gave up the rest.
    Interrupted,
}

impl Outcome {
    /// The outcome that the result of `rest.await` stands for. The INTERNAL that a panic has become, and the CANCELLED of a
    /// call that was interrupted, are told from others with the same code. If an interceptor further in has put another
    /// status in their place, that one counts. So does the status that a service behind a layer, or a server, has sent: what
    /// happened there is not known here.
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

    /// The outcome of a call that nobody has interrupted.
    #[inline]
    pub(crate) fn finished(result: Result<(), Status>) -> Self {
        match result {
            Err(status) if Cause::of(&status) == Some(Cause::Panicked) => Self::Panicked(status),
            result => Self::Finished(result),
        }
    }

    /// The status code, [`Code::Ok`] for success; none if the call was interrupted.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Finished(Ok(())) => Some(Code::Ok),
            Self::Finished(Err(status)) | Self::Panicked(status) => Some(status.code()),
            Self::Interrupted => None,
        }
    }

    /// The status of a failure; none if the call succeeded or was interrupted.
    #[must_use]
    pub fn status(&self) -> Option<&Status> {
        match self {
            Self::Finished(Err(status)) | Self::Panicked(status) => Some(status),
            Self::Finished(Ok(())) | Self::Interrupted => None,
        }
    }
}

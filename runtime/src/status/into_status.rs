use std::error::Error;
use std::fmt::Display;

use tonic::{Code, Status};

use super::builder::StatusBuilder;
use super::status_source::Retained;

/// An error that a handler or an interceptor may return: any type that converts into a [`Status`].
///
/// You do not implement this trait. Put [`#[grpc_error]`](macro@crate::grpc_error) on your error, or implement
/// `From<MyError> for Status`.
///
/// `Box<dyn Error>` becomes INTERNAL, and so does `anyhow::Error` with the feature `anyhow`. Their texts may contain
/// secrets, so the client receives a fixed text with an id, and the log has the full text under that id. The text of a
/// `std::io::Error` that a handler returns is withheld in the same way, and its code is the one that tonic chooses.
///
/// ```
/// use vestibule::{Code, IntoStatus, Status};
///
/// struct Busy;
///
/// impl From<Busy> for Status {
///     fn from(_: Busy) -> Status {
///         Status::unavailable("try again later")
///     }
/// }
///
/// assert_eq!(Busy.into_status().code(), Code::Unavailable);
///
/// let error: Box<dyn std::error::Error> = "the password of the database is wrong".into();
/// let status = error.into_status();
/// assert_eq!(status.code(), Code::Internal);
/// assert!(status.message().starts_with("internal error (id "));
/// ```
///
/// The parameter `Via` distinguishes the two kinds of errors. The compiler infers it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no gRPC status",
    label = "this error can't be converted into a `tonic::Status`",
    note = "if `{Self}` is your own type, put `#[grpc_error]` on it, or implement `From<{Self}> for tonic::Status`",
    note = "otherwise, return an error of your own that holds it, or a `Status`, as in `.map_err(|_| Status::internal(\"...\"))?`",
    note = "for `anyhow::Error`, turn on the feature `anyhow` of vestibule"
)]
pub trait IntoStatus<Via = Through> {
    /// Returns the status that the client receives. The example of the trait calls it.
    fn into_status(self) -> Status;
}

/// Marks errors that convert by `From`.
#[doc(hidden)]
#[derive(Debug)]
pub enum Through {}

/// Marks errors that become INTERNAL with a fixed text.
#[doc(hidden)]
#[derive(Debug)]
pub enum Redacted {}

#[diagnostic::do_not_recommend]
impl<E> IntoStatus<Through> for E
where
    Status: From<E>,
{
    fn into_status(self) -> Status {
        Status::from(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoStatus<Redacted> for Box<dyn Error + Send + Sync> {
    fn into_status(self) -> Status {
        let text = self.to_string();
        StatusBuilder::new(Code::Internal, text).into_status(Retained::Error(self.into()))
    }
}

#[diagnostic::do_not_recommend]
impl IntoStatus<Redacted> for Box<dyn Error + Send> {
    fn into_status(self) -> Status {
        StatusBuilder::new(Code::Internal, self.to_string()).into_status(Retained::texts_of(&*self))
    }
}

#[diagnostic::do_not_recommend]
impl IntoStatus<Redacted> for Box<dyn Error> {
    fn into_status(self) -> Status {
        StatusBuilder::new(Code::Internal, self.to_string()).into_status(Retained::texts_of(&*self))
    }
}

#[cfg(feature = "anyhow")]
#[diagnostic::do_not_recommend]
impl IntoStatus<Redacted> for anyhow::Error {
    fn into_status(self) -> Status {
        Box::<dyn Error + Send + Sync>::from(self).into_status()
    }
}

/// An error that implements `Display`.
///
/// The trait has a name of its own so that the compiler's message can say why `Display` is needed.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` prints no message",
    label = "this is not `Display`",
    note = "implement `Display` for `{Self}`, as `thiserror` does, or write `message = \"...\"` in each `#[status]`"
)]
pub trait ErrorText {
    /// Returns the text that the error prints.
    fn text(&self) -> String;
}

#[diagnostic::do_not_recommend]
impl<E: Display> ErrorText for E {
    fn text(&self) -> String {
        self.to_string()
    }
}

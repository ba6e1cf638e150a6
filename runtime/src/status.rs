use tonic::Status;

/// An error that a handler or an interceptor may return: anything that turns into a [`Status`].
///
/// There is no need to implement it: [`#[grpc_error]`](macro@crate::grpc_error) is the usual way, and
/// `From<MyError> for Status` is enough.
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
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no gRPC status",
    label = "this error does not turn into a `tonic::Status`",
    note = "put `#[grpc_error]` on `{Self}`, or implement `From<{Self}> for tonic::Status`"
)]
pub trait IntoStatus {
    /// The status the client shall see.
    fn into_status(self) -> Status;
}

#[diagnostic::do_not_recommend]
impl<E> IntoStatus for E
where
    Status: From<E>,
{
    fn into_status(self) -> Status {
        Status::from(self)
    }
}

use tonic::Code;

/// Returns the name of a code as gRPC writes it in every language: `INVALID_ARGUMENT`.
///
/// Use it in logs and metrics that services in other languages share. tonic's `Debug` prints `InvalidArgument`, and
/// its `Display` prints a sentence. The names are those of gRPC's [list of
/// codes](https://github.com/grpc/grpc/blob/master/doc/statuscodes.md).
///
/// ```
/// use vestibule::{Code, code_name};
///
/// assert_eq!(code_name(Code::InvalidArgument), "INVALID_ARGUMENT");
/// ```
#[must_use]
pub const fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

use std::error::Error;
use std::io;
use std::sync::Arc;

use tonic::{Code, ConnectError, Status, TimeoutExpired};

use crate::call::deadline_exceeded;
use crate::status::{BoxError, find_source, has_source};

/// Returns the status of a call that has failed without a response.
///
/// tonic uses other codes than gRPC for some failures: UNKNOWN or CANCELLED for a lost connection, and CANCELLED
/// for the timeout of an endpoint.
pub(super) fn status_of_error(error: BoxError) -> Status {
    let is_timeout = has_source::<TimeoutExpired>(&*error);
    // tonic's own body makes a `Status` of an error of the connection. Any other `Status` has a code that a service
    // chose.
    let has_status = has_source::<Status>(&*error) && !has_source::<hyper::Error>(&*error);
    let status = Status::from_error(error);
    let is_reset = status.message().starts_with("h2 protocol error");
    let (code, message) = match status.code() {
        _ if is_timeout => (Code::DeadlineExceeded, deadline_exceeded().message().to_owned()),
        // The server has reset the stream with the reason CANCEL, which is this code.
        Code::Cancelled if is_reset => return status,
        Code::Unknown | Code::Cancelled if !has_status => (Code::Unavailable, status.message().to_owned()),
        _ => return status,
    };
    let mut mapped = Status::new(code, message);
    mapped.set_source(Arc::new(status));
    mapped
}

/// Returns true if a call has failed with `error` before any part of it was sent: no connection could be made, or the
/// connection had ended before it accepted the call.
pub(super) fn never_sent(error: &(dyn Error + 'static)) -> bool {
    has_source::<ConnectError>(error)
        || find_source::<io::Error>(error)
            .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
        || find_source::<hyper::Error>(error).is_some_and(hyper::Error::is_canceled)
}

use std::error::Error;
use std::io;
use std::sync::Arc;

use tonic::{Code, ConnectError, Status, TimeoutExpired};

use crate::call::exceeded;
use crate::status::{BoxError, find_source, has_source};

/// What a call comes to that has no reply.
///
/// tonic has other codes than gRPC for some: a connection that is lost is UNKNOWN or CANCELLED there, and the
/// timeout of an endpoint CANCELLED.
pub(super) fn status_of_error(error: BoxError) -> Status {
    let is_late = has_source::<TimeoutExpired>(&*error);
    // Not by tonic's own body, of an error of the connection.
    let is_told = has_source::<Status>(&*error) && !has_source::<hyper::Error>(&*error);
    let status = Status::from_error(error);
    let is_reset = status.message().starts_with("h2 protocol error");
    let (code, message) = match status.code() {
        _ if is_late => (Code::DeadlineExceeded, exceeded().message().to_owned()),
        // Of a reset that has a reason, that is the code.
        Code::Cancelled if is_reset => return status,
        Code::Unknown | Code::Cancelled if !is_told => (Code::Unavailable, status.message().to_owned()),
        _ => return status,
    };
    let mut told = Status::new(code, message);
    told.set_source(Arc::new(status));
    told
}

/// Returns true if a call has failed with `error` before anything of it was sent: there was no connection to be had, or
/// the one that there was had ended before it took the call.
pub(super) fn never_sent(error: &(dyn Error + 'static)) -> bool {
    has_source::<ConnectError>(error)
        || find_source::<io::Error>(error)
            .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
        || find_source::<hyper::Error>(error).is_some_and(hyper::Error::is_canceled)
}

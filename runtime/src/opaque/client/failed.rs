use std::error::Error;
use std::sync::Arc;

use tonic::{Code, Status, TimeoutExpired};

use crate::interceptors::exceeded;
use crate::opaque::BoxError;

/// What a call comes to that has no reply.
///
/// tonic has other codes than gRPC for some: a connection that is lost is UNKNOWN or CANCELLED there, and the
/// timeout of an endpoint CANCELLED.
pub(crate) fn failed(error: BoxError) -> Status {
    let is_late = has_source::<TimeoutExpired>(&*error);
    let is_told = has_source::<Status>(&*error);
    let status = Status::from_error(error);
    let is_reset = status.message().starts_with("h2 protocol error");
    let (code, message) = match status.code() {
        _ if is_late => (Code::DeadlineExceeded, exceeded().message().to_owned()),
        Code::Unknown | Code::Cancelled if !is_told && !is_reset => {
            (Code::Unavailable, status.message().to_owned())
        }
        _ => return status,
    };
    let mut told = Status::new(code, message);
    told.set_source(Arc::new(status));
    told
}

fn has_source<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<E>() {
            return true;
        }
        next = error.source();
    }
    false
}

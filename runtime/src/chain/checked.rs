//! Results that are what they say.

use tonic::{Code, Status};

use crate::{Call, MethodInfo, status};

/// All that a client learns of a bug: the log has the rest.
pub(super) const BUG: &str = "internal error";

/// A bug that the operator reads of.
#[cold]
pub(super) fn report_bug(method: &MethodInfo, what: &'static str) -> Status {
    tracing::error!(target: "vestibule", method = method.path(), "{what}");
    Status::internal(BUG)
}

/// A result that is what it says: an error has the code of an error. Here, where one passes from
/// level to level, is where it is logged what the client will not see of it: those further out may
/// replace it.
#[inline]
pub(super) fn check_result(call: &Call, result: Result<(), Status>) -> Result<(), Status> {
    match result {
        Ok(()) => Ok(()),
        Err(status) => Err(check_status(call, status)),
    }
}

#[cold]
pub(crate) fn check_status(call: &Call, status: Status) -> Status {
    if status.code() == Code::Ok {
        return report_bug(call.method(), "an error with the code OK");
    }
    status::log(call.method(), &status);
    status
}

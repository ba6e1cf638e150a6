//! Checks of the results that pass from level to level.

use tonic::{Code, Status};

use crate::{Call, MethodInfo, log_text, status};

/// The message that the client receives for a bug or a panic. The details are logged.
pub(crate) const INTERNAL_ERROR: &str = "internal error";

/// Logs a bug, and returns the status for the client.
#[cold]
pub(super) fn report_bug(method: &MethodInfo, bug: &'static str) -> Status {
    tracing::error!(target: "vestibule", method = &*method.logged_path(), "{bug}");
    Status::internal(INTERNAL_ERROR)
}

/// Checks a result that passes from one level to the next: see [`check_status`].
#[inline]
pub(super) fn check_result(call: &Call, result: Result<(), Status>) -> Result<(), Status> {
    match result {
        Ok(()) => Ok(()),
        Err(status) => Err(check_status(call, status)),
    }
}

/// Turns an error with the code OK into INTERNAL, and logs what the client will not see of other errors.
///
/// It logs here, at the innermost level, because an outer level may replace the error.
#[cold]
pub(crate) fn check_status(call: &Call, status: Status) -> Status {
    status::log(call.method(), &status);
    call.log_attached_sources(&status);
    if status.code() == Code::Ok {
        let (method, error) = (&*call.method().logged_path(), &*log_text::cut(status.message()));
        tracing::error!(target: "vestibule", method, error, "an error with the code OK");
        return Status::internal(INTERNAL_ERROR);
    }
    status
}

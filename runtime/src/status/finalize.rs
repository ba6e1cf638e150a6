//! A status on its way out of a chain.

use tonic::Status;

use super::builder::with_source;
use super::code_name::code_name;
use super::size;
use super::withheld::StatusSource;
use crate::{MethodInfo, metadata};

/// The status such that it arrives. It may have more metadata than when it was made.
pub(crate) fn finalize(method: &MethodInfo, mut status: Status) -> Status {
    metadata::drop_reserved_of_status(Some(method), status.metadata_mut().as_mut());
    let report = StatusSource::of(&status);
    // One that was cut is cut anew, rather than once more.
    let whole = report.and_then(StatusSource::whole).map(|whole| {
        let details = whole.details().to_vec().into();
        Status::with_details_and_metadata(whole.code(), whole.message(), details, status.metadata().clone())
    });
    let Some(cut) = size::truncate(whole.as_ref().unwrap_or(&status), max_size_of(&status)) else {
        return status;
    };
    if whole.is_none() {
        let (method, code, left_out) = (method.path(), code_name(status.code()), cut.left_out);
        tracing::warn!(target: "vestibule", method, code, error = status.message(), left_out, "too large for the client");
    }
    with_source(cut.status, status)
}

/// The size that the error of a status has set.
pub(super) fn max_size_of(status: &Status) -> usize {
    StatusSource::of(status).map_or(size::MAX_SIZE, |report| report.max_size)
}

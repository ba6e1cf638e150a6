//! The last step of a status that leaves a chain.

use tonic::Status;

use super::builder::with_source;
use super::size;
use super::status_source::StatusSource;
use crate::code::code_name;
use crate::log_text::cut;
use crate::metadata::MAX_HEADERS_SIZE;
use crate::{MethodInfo, metadata};

/// Returns the status with a size that clients accept, and without reserved metadata. Interceptors may have added
/// metadata since the status was built, so its size is checked again.
pub(crate) fn finalize(method: &MethodInfo, mut status: Status) -> Status {
    metadata::drop_reserved_of_status(Some(method), status.metadata_mut().as_mut());
    // A status that was truncated before is truncated from its full text, so that it is not shortened twice.
    let full = StatusSource::of(&status).and_then(StatusSource::full_status).map(|full| {
        let details = full.details().to_vec().into();
        Status::with_details_and_metadata(full.code(), full.message(), details, status.metadata().clone())
    });
    let truncated = size::truncate(full.as_ref().unwrap_or(&status), max_size_of(&status));
    let Some(truncated) = truncated else { return status };
    if full.is_none() {
        let (method, code, left_out) = (&*method.logged_path(), code_name(status.code()), truncated.left_out);
        let error = &*cut(status.message());
        tracing::warn!(target: "vestibule", method, code, error, left_out, "too large for the client");
    }
    with_source(truncated.status, status)
}

/// Returns the size limit that the error of a status has set, in bytes.
pub(super) fn max_size_of(status: &Status) -> usize {
    StatusSource::of(status).map_or(MAX_HEADERS_SIZE, |source| source.max_size)
}

use std::time::Instant;

use http::HeaderMap;

use crate::metadata;

/// Writes the time that remains until `deadline` into `grpc-timeout`, if there is a deadline.
pub(crate) fn set_timeout(deadline: Option<Instant>, headers: &mut HeaderMap) {
    if let Some(deadline) = deadline {
        let remaining = deadline.saturating_duration_since(Instant::now());
        headers.insert(metadata::TIMEOUT, metadata::timeout_value(remaining));
    }
}

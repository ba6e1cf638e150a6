use std::time::Instant;

use http::HeaderMap;

use crate::metadata;

/// Tells the server how much time is left.
pub(crate) fn set_timeout(deadline: Option<Instant>, headers: &mut HeaderMap) {
    if let Some(deadline) = deadline {
        let left = deadline.saturating_duration_since(Instant::now());
        headers.insert(metadata::TIMEOUT, metadata::timeout_value(left));
    }
}

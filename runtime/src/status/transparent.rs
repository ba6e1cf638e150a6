use std::sync::Arc;

use bytes::Bytes;
use prost::Message;
use tonic::{Code, Status};
use tonic_types::pb;

use super::builder::{StatusBuilder, Unseen, limit_size};
use super::finalize::max_size_of;
use super::status_source::{Retained, StatusSource};
use crate::metadata;

/// Returns the status of the error in a transparent variant. It gets `prefix` before its message, and another size
/// limit, if the variant sets them.
pub fn transparent(mut status: Status, prefix: Option<String>, max_size: Option<usize>) -> Status {
    if status.code() == Code::Ok {
        let message = status.message().to_owned();
        return StatusBuilder::new(Code::Ok, message).into_status(Retained::Error(Arc::new(status)));
    }
    metadata::drop_reserved_of_status(None, status.metadata_mut().as_mut());
    if prefix.is_none() && max_size.is_none() {
        return status;
    }
    let max_size = max_size.unwrap_or_else(|| max_size_of(&status));
    let source = StatusSource::of(&status);
    let full = source.and_then(StatusSource::full_status);
    let longer = with_prefix(full.unwrap_or(&status), &prefix.unwrap_or_default());
    // The source of the status logs what the client does not see, unless it was truncated to another size.
    let is_unlogged = source.is_some() && full.is_none();
    let id = source.and_then(|source| source.id.clone());
    let status = Arc::new(status);
    let unseen = Unseen { error: Retained::Error(Arc::clone(&status) as _), text: None, id, is_unlogged };
    let longer = limit_size(longer, unseen, max_size);
    let is_truncated = StatusSource::of(&longer).and_then(StatusSource::full_status).is_some();
    if is_truncated || !is_unlogged {
        StatusSource::of(&status).inspect(|source| source.set_logged());
    }
    longer
}

/// Returns the status with `prefix` before its message, and before the copy of the message among the details.
fn with_prefix(status: &Status, prefix: &str) -> Status {
    let message = format!("{prefix}{}", status.message());
    let details = match pb::Status::decode(status.details()) {
        Ok(mut details) if !details.details.is_empty() => {
            details.message.clone_from(&message);
            details.encode_to_vec().into()
        }
        _ => Bytes::copy_from_slice(status.details()),
    };
    Status::with_details_and_metadata(status.code(), message, details, status.metadata().clone())
}

use std::sync::Arc;

use bytes::Bytes;
use prost::Message;
use tonic::{Code, Status};
use tonic_types::pb;

use super::builder::{StatusBuilder, fit_into};
use super::finalize::max_size_of;
use super::retained::Retained;
use super::withheld::StatusSource;
use crate::metadata;

/// The status of another error, handed through: with more before its message, or another size, if asked
/// for.
pub fn transparent(mut status: Status, prefix: Option<String>, max_size: Option<usize>) -> Status {
    if status.code() == Code::Ok {
        let text = format!("an error with the code OK: {}", status.message());
        return StatusBuilder::new(Code::Internal, text).into_status(Retained::Nothing);
    }
    metadata::drop_reserved_of_status(None, status.metadata_mut().as_mut());
    if prefix.is_none() && max_size.is_none() {
        return status;
    }
    let max_size = max_size.unwrap_or_else(|| max_size_of(&status));
    let report = StatusSource::of(&status);
    let whole = report.and_then(StatusSource::whole);
    // What it keeps from the client, the new one keeps.
    report.filter(|_| whole.is_some()).inspect(|report| report.set_logged());
    let longer = prefixed(whole.unwrap_or(&status), &prefix.unwrap_or_default());
    fit_into(longer, Retained::Error(Arc::new(status)), max_size)
}

/// The same status with more before its message, which the details repeat.
fn prefixed(status: &Status, prefix: &str) -> Status {
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

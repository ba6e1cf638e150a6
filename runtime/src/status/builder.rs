use std::error::Error;
use std::sync::Arc;

use tonic::{Code, Status};
use tonic_types::{ErrorDetail, ErrorInfo, StatusExt};

use super::retained::Retained;
use super::size::{self, Truncated};
use super::status_source::{StatusSource, Withheld, new_id};
use crate::details::Detail;
use crate::metadata::MAX_HEADERS_SIZE;

/// Builds the status of an error. The expansion of `#[grpc_error]` uses it.
#[derive(Debug)]
#[must_use]
pub struct StatusBuilder {
    code: Code,
    /// The full text of the error. The client reads it if it may; otherwise the log holds it.
    message: String,
    is_exposed: bool,
    max_size: usize,
    details: Vec<ErrorDetail>,
}

impl StatusBuilder {
    /// Creates a builder without details.
    #[inline]
    pub fn new(code: Code, message: String) -> Self {
        Self { code, message, is_exposed: false, max_size: MAX_HEADERS_SIZE, details: Vec::new() }
    }

    /// Sends the message to the client whatever the code is.
    pub fn exposed(mut self) -> Self {
        self.is_exposed = true;
        self
    }

    /// Limits the header block to this many bytes.
    pub fn max_size(mut self, max_size: usize) -> Self {
        self.max_size = max_size;
        self
    }

    /// Adds an `ErrorInfo`: the name of the error across the wire, and the fields that are sent with it.
    pub fn reason<const N: usize>(
        self,
        reason: &str,
        domain: &str,
        metadata: [(&str, Option<String>); N],
    ) -> Self {
        let metadata = metadata.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        let metadata: std::collections::HashMap<_, _> = metadata.collect();
        self.detail(ErrorInfo::new(reason, domain, metadata))
    }

    /// Adds a detail.
    pub fn detail(mut self, detail: impl Into<ErrorDetail>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// Adds a detail if there is one.
    pub fn optional_detail(self, detail: Option<impl Detail>) -> Self {
        match detail {
            Some(detail) => self.detail(detail),
            None => self,
        }
    }

    /// Returns the status that the client receives. It holds for the log what the client does not receive.
    #[inline]
    pub fn into_status(self, error: Retained) -> Status {
        let Self { code, message, is_exposed, max_size, details } = self;
        if !is_exposed && let Some(fixed) = fixed_text(code) {
            let id = new_id();
            let status = new_status(code, format!("{fixed} (id {id})"), details);
            let status = size::truncate(&status, max_size).map_or(status, |truncated| truncated.status);
            let withheld = Withheld::Text { text: message, id };
            return with_source(status, StatusSource::new(code, withheld, error, max_size));
        }
        limit_size(new_status(code, message, details), error, max_size)
    }
}

/// Returns the status, truncated to `max_size` bytes if it is larger.
#[inline]
pub(super) fn limit_size(status: Status, error: Retained, max_size: usize) -> Status {
    let code = status.code();
    if let Some(Truncated { status: truncated, left_out }) = size::truncate(&status, max_size) {
        let withheld = Withheld::TooLarge { full: status, left_out };
        return with_source(truncated, StatusSource::new(code, withheld, error, max_size));
    }
    if max_size == MAX_HEADERS_SIZE && !matches!(error, Retained::Error(_)) {
        return status;
    }
    with_source(status, StatusSource::new(code, Withheld::Nothing, error, max_size))
}

/// Returns the text that a client reads in place of the message, for the codes of internal failures.
fn fixed_text(code: Code) -> Option<&'static str> {
    match code {
        Code::Internal => Some("internal error"),
        Code::Unknown => Some("unknown error"),
        Code::DataLoss => Some("data loss"),
        _ => None,
    }
}

#[inline]
fn new_status(code: Code, message: String, details: Vec<ErrorDetail>) -> Status {
    if details.is_empty() {
        Status::new(code, message)
    } else {
        Status::with_error_details_vec(code, message, details)
    }
}

pub(super) fn with_source(mut status: Status, source: impl Error + Send + Sync + 'static) -> Status {
    status.set_source(Arc::new(source));
    status
}

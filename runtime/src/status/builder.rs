use std::error::Error;
use std::sync::Arc;

use tonic::{Code, Status};
use tonic_types::{ErrorDetail, ErrorInfo, StatusExt};

use super::retained::Retained;
use super::size::{self, Truncated};
use super::withheld::{StatusSource, Withheld, new_id};
use crate::details::Detail;

/// A status that the expansion of `#[grpc_error]` puts together.
#[derive(Debug)]
#[must_use]
pub struct StatusBuilder {
    code: Code,
    /// What the client reads, or if it is not to read it, the log.
    message: String,
    is_exposed: bool,
    max_size: usize,
    details: Vec<ErrorDetail>,
}

impl StatusBuilder {
    /// With neither details nor anything to hide, so far.
    #[inline]
    pub fn new(code: Code, message: String) -> Self {
        Self { code, message, is_exposed: false, max_size: size::MAX_SIZE, details: Vec::new() }
    }

    /// Sends the message, whatever the code.
    pub fn exposed(mut self) -> Self {
        self.is_exposed = true;
        self
    }

    /// Lets the header block have this many bytes.
    pub fn max_size(mut self, max_size: usize) -> Self {
        self.max_size = max_size;
        self
    }

    /// What the error is called across the wire, with the fields that go along.
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

    /// One detail more.
    pub fn detail(mut self, detail: impl Into<ErrorDetail>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// One more, if there is one.
    pub fn optional(self, detail: Option<impl Detail>) -> Self {
        match detail {
            Some(detail) => self.detail(detail),
            None => self,
        }
    }

    /// What the client gets. Whatever it does not get is kept for the log.
    #[inline]
    pub fn into_status(self, error: Retained) -> Status {
        let Self { code, message, is_exposed, max_size, details } = self;
        if !is_exposed && let Some(fixed) = fixed_text(code) {
            let id = new_id();
            let status = new_status(code, format!("{fixed} (id {id})"), details);
            let status = size::truncate(&status, max_size).map_or(status, |cut| cut.status);
            let withheld = Withheld::Text { text: message, id };
            return with_source(status, StatusSource::new(code, withheld, error, max_size));
        }
        fit_into(new_status(code, message, details), error, max_size)
    }
}

/// A status that says all, as far as it fits.
#[inline]
pub(super) fn fit_into(status: Status, error: Retained, max_size: usize) -> Status {
    let code = status.code();
    if let Some(Truncated { status: cut, left_out }) = size::truncate(&status, max_size) {
        let withheld = Withheld::TooLarge { whole: status, left_out };
        return with_source(cut, StatusSource::new(code, withheld, error, max_size));
    }
    if max_size == size::MAX_SIZE && !matches!(error, Retained::Error(_)) {
        return status;
    }
    with_source(status, StatusSource::new(code, Withheld::Nothing, error, max_size))
}

/// All that a client learns of an error with a code that speaks of the service's inside.
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

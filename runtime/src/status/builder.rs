use std::error::Error;
use std::io;
use std::sync::Arc;

use tonic::{Code, Status};
use tonic_types::{ErrorDetail, ErrorInfo, StatusExt};

use super::size::{self, Truncated};
use super::status_source::{Retained, StatusSource, Withheld, new_id};
use crate::details::Detail;
use crate::metadata::MAX_HEADERS_SIZE;

/// Builds the status of an error. The expansion of `#[grpc_error]` uses it.
#[derive(Debug)]
#[must_use]
pub struct StatusBuilder {
    code: Code,
    /// The message of the status. The client reads it if it may; otherwise the log holds it.
    message: String,
    /// True if the message is not the text that the error prints.
    is_reworded: bool,
    is_exposed: bool,
    is_unlogged: bool,
    max_size: usize,
    details: Vec<ErrorDetail>,
}

impl StatusBuilder {
    /// Creates a builder without details. The message is the text that the error prints.
    #[inline]
    pub fn new(code: Code, message: String) -> Self {
        Self {
            code,
            message,
            is_reworded: false,
            is_exposed: false,
            is_unlogged: false,
            max_size: MAX_HEADERS_SIZE,
            details: Vec::new(),
        }
    }

    /// Says that the message is not the text that the error prints, so that the log has that text as well.
    pub fn reworded(mut self) -> Self {
        self.is_reworded = true;
        self
    }

    /// Sends the message to the client whatever the code is.
    pub fn exposed(mut self) -> Self {
        self.is_exposed = true;
        self
    }

    /// Does not log the sources of an error whose message the client receives.
    pub fn unlogged(mut self) -> Self {
        self.is_unlogged = true;
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
    ///
    /// A code that is decided at run time may be OK, which is not the code of an error.
    #[inline]
    pub fn into_status(mut self, error: Retained) -> Status {
        if self.code == Code::Ok {
            self.code = Code::Internal;
            self.message = format!("{OK_IS_NO_ERROR}: {}", self.message);
            self.is_exposed = false;
        }
        let text = if self.is_reworded { error.text() } else { None };
        let unseen_text = text.filter(|text| *text != self.message);
        if !self.is_exposed
            && let Some(fixed) = fixed_text(self.code)
        {
            let texts = logged_texts(&self.message, unseen_text.as_deref(), &error);
            return redacted(self.code, fixed, texts, error, self.details, self.max_size);
        }
        let id = self.details.iter().find_map(request_id);
        let unseen = Unseen { error, text: unseen_text, id, is_unlogged: self.is_unlogged };
        limit_size(new_status(self.code, self.message, self.details), unseen, self.max_size)
    }
}

/// The text in the log for an error with the code OK.
const OK_IS_NO_ERROR: &str = "an error with the code OK";

/// Returns a status with a fixed text and an id. The log has `texts` under that id.
fn redacted(
    code: Code,
    fixed: &str,
    texts: (String, String),
    error: Retained,
    details: Vec<ErrorDetail>,
    max_size: usize,
) -> Status {
    let id = new_id();
    let status = new_status(code, format!("{fixed} (id {id})"), details);
    let status = size::truncate(&status, max_size).map_or(status, |truncated| truncated.status);
    let source = StatusSource::new(code, Withheld::Text, texts, error, max_size);
    with_source(status, source.with_id(Some(id)))
}

/// Returns the status of an I/O error that a handler returns. Its text may name files and hosts, so the client reads a
/// fixed text. The code is the one that tonic chooses.
#[cold]
pub(super) fn io_status(error: io::Error) -> Status {
    let code = Status::from(io::Error::from(error.kind())).code();
    let error = Retained::Error(Arc::new(error));
    let text = error.text().unwrap_or_default();
    let texts = logged_texts(&text, None, &error);
    redacted(code, "i/o error", texts, error, Vec::new(), MAX_HEADERS_SIZE)
}

/// The parts of an error that its message does not show.
pub(super) struct Unseen {
    pub(super) error: Retained,
    /// The text that the error prints, if the message is another one.
    pub(super) text: Option<String>,
    /// The id that the client receives.
    pub(super) id: Option<String>,
    /// True if the log need not have these parts.
    pub(super) is_unlogged: bool,
}

impl Unseen {
    /// The parts of an error whose text the client receives.
    pub(super) fn sources_of(error: Retained) -> Self {
        Self { error, text: None, id: None, is_unlogged: false }
    }
}

/// Returns the status, truncated to `max_size` bytes if it is larger.
#[inline]
pub(super) fn limit_size(status: Status, unseen: Unseen, max_size: usize) -> Status {
    let Unseen { error, text: unseen_text, id, is_unlogged } = unseen;
    let code = status.code();
    if let Some(Truncated { status: truncated, left_out }) = size::truncate(&status, max_size) {
        let texts = logged_texts(status.message(), unseen_text.as_deref(), &error);
        let withheld = Withheld::TooLarge { full: status, left_out };
        let source = StatusSource::new(code, withheld, texts, error, max_size);
        return with_source(truncated, source.with_id(id));
    }
    if !is_unlogged && (unseen_text.is_some() || error.has_sources()) {
        let texts = logged_texts(status.message(), unseen_text.as_deref(), &error);
        if unseen_text.is_some() || !texts.1.is_empty() {
            let source = StatusSource::new(code, Withheld::Part, texts, error, max_size);
            return with_source(status, source.with_id(id));
        }
    }
    if max_size == MAX_HEADERS_SIZE && !matches!(error, Retained::Error(_)) {
        return status;
    }
    let nothing = (String::new(), String::new());
    with_source(status, StatusSource::new(code, Withheld::Nothing, nothing, error, max_size))
}

/// Returns what the log says of an error: the message, with the text that the error prints if that is another one; and
/// the sources.
fn logged_texts(message: &str, unseen_text: Option<&str>, error: &Retained) -> (String, String) {
    match unseen_text {
        None => (message.to_owned(), error.sources(message)),
        Some(text) => (format!("{message}: {text}"), error.sources(text)),
    }
}

fn request_id(detail: &ErrorDetail) -> Option<String> {
    match detail {
        ErrorDetail::RequestInfo(info) => Some(info.request_id.clone()),
        _ => None,
    }
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

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use prost::Message;
use tonic::{Code, Status};
use tonic_types::{ErrorDetail, ErrorInfo, StatusExt, pb};

use super::keep::Kept;
use super::report::{Report, Why, new_id};
use super::{code_name, size};
use crate::MethodInfo;
use crate::details::Detail;

/// A status that the expansion of `#[grpc_error]` puts together.
#[derive(Debug)]
#[must_use]
pub struct Outgoing {
    code: Code,
    /// What the client reads, or if it is not to read it, the log.
    message: String,
    is_exposed: bool,
    max_size: usize,
    details: Vec<ErrorDetail>,
}

impl Outgoing {
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
    pub fn into_status(self, error: Kept) -> Status {
        let Self { code, message, is_exposed, max_size, details } = self;
        let report = |why, text| Report {
            code,
            why,
            text,
            error: error.clone(),
            max_size,
            is_logged: AtomicBool::new(false),
        };
        if !is_exposed && let Some(text) = fixed_text(code) {
            let id = new_id();
            let status = new_status(code, format!("{text} (id {id})"), details);
            let status = size::cut(&status, max_size).unwrap_or(status);
            return with_source(status, Arc::new(report(Why::Redacted(id), message)));
        }
        let status = new_status(code, message, details);
        if let Some(cut) = size::cut(&status, max_size) {
            return with_source(cut, Arc::new(report(Why::Cut, status.message().to_owned())));
        }
        if max_size != size::MAX_SIZE {
            let text = status.message().to_owned();
            return with_source(status, Arc::new(report(Why::Large, text)));
        }
        match error {
            Kept::Error(error) => with_source(status, error),
            Kept::Sources(_) | Kept::Nothing => status,
        }
    }
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

fn with_source(mut status: Status, source: Arc<dyn Error + Send + Sync>) -> Status {
    status.set_source(source);
    status
}

/// The status of another error, handed through.
pub fn transparent(mut status: Status, prefix: Option<String>) -> Status {
    if status.code() == Code::Ok {
        let text = format!("an error with the code OK: {}", status.message());
        return Outgoing::new(Code::Internal, text).into_status(Kept::Nothing);
    }
    drop_forged(None, &mut status);
    match prefix {
        Some(prefix) => prefixed(status, &prefix),
        None => status,
    }
}

/// The same status with more before its message, which the details repeat.
fn prefixed(status: Status, prefix: &str) -> Status {
    let message = format!("{prefix}{}", status.message());
    let details = match pb::Status::decode(status.details()) {
        Ok(mut details) if !status.details().is_empty() => {
            details.message.clone_from(&message);
            details.encode_to_vec().into()
        }
        _ => Bytes::copy_from_slice(status.details()),
    };
    let metadata = status.metadata().clone();
    let longer = Status::with_details_and_metadata(status.code(), message, details, metadata);
    let longer = size::cut(&longer, size::MAX_SIZE).unwrap_or(longer);
    with_source(longer, Arc::new(status))
}

/// A status as it leaves a chain: such that it arrives.
pub(crate) fn finish(method: &'static MethodInfo, mut status: Status) -> Status {
    drop_forged(Some(method), &mut status);
    let max_size = Report::of(&status).map_or(size::MAX_SIZE, |report| report.max_size);
    let Some(cut) = size::cut(&status, max_size) else { return status };
    let (method, code) = (method.path(), code_name(status.code()));
    tracing::warn!(target: "vestibule", method, code, error = status.message(), "too large for the client");
    with_source(cut, Arc::new(status))
}

/// Drops metadata under keys that are gRPC's own: clients would read it as part of the protocol.
fn drop_forged(method: Option<&'static MethodInfo>, status: &mut Status) {
    let headers = status.metadata_mut().as_mut();
    let forged: Vec<_> = headers.keys().filter(|key| key.as_str().starts_with("grpc-")).cloned().collect();
    for key in forged {
        headers.remove(&key);
        let method = method.map(MethodInfo::path);
        tracing::warn!(target: "vestibule", method, key = key.as_str(), "metadata of a status is dropped: the key is gRPC's own");
    }
}

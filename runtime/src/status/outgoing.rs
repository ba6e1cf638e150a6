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
    details: Vec<ErrorDetail>,
}

impl Outgoing {
    /// With neither details nor anything to hide, so far.
    #[inline]
    pub fn new(code: Code, message: String) -> Self {
        Self { code, message, is_exposed: false, details: Vec::new() }
    }

    /// Sends the message, whatever the code.
    pub fn exposed(mut self) -> Self {
        self.is_exposed = true;
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
        let Self { code, message, is_exposed, details } = self;
        if !is_exposed && let Some(text) = fixed_text(code) {
            let id = new_id();
            let mut status = new_status(code, format!("{text} (id {id})"), details);
            status = size::cut(&status).unwrap_or(status);
            return reported(status, Why::Redacted(id), message, error);
        }
        let mut status = new_status(code, message, details);
        if let Some(cut) = size::cut(&status) {
            return reported(cut, Why::Cut, status.message().to_owned(), error);
        }
        if let Kept::Error(error) = error {
            status.set_source(error);
        }
        status
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

#[cold]
fn reported(mut status: Status, why: Why, text: String, error: Kept) -> Status {
    let report = Report { code: status.code(), why, text, error, is_logged: AtomicBool::new(false) };
    status.set_source(Arc::new(report));
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
    let mut longer = Status::with_details_and_metadata(status.code(), message, details, metadata);
    longer = size::cut(&longer).unwrap_or(longer);
    longer.set_source(Arc::new(status));
    longer
}

/// A status as it leaves a chain: such that it arrives.
pub(crate) fn finish(method: &'static MethodInfo, mut status: Status) -> Status {
    drop_forged(Some(method), &mut status);
    let Some(mut cut) = size::cut(&status) else { return status };
    let (method, code) = (method.path(), code_name(status.code()));
    tracing::warn!(target: "vestibule", method, code, error = status.message(), "too large for the client");
    cut.set_source(Arc::new(status));
    cut
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

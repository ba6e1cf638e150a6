//! Keeps a status small enough to arrive.
//!
//! A peer refuses a header block that is too large, and its user reads a protocol error instead of the
//! status: gRPC's C core above 8 KiB, Go, Java and tonic at 8 KiB or more. So all that a status puts
//! into headers stays below that.

use bytes::Bytes;
use prost::{Message, length_delimiter_len};
use prost_types::Any;
use tonic::Status;
use tonic_types::{RpcStatusExt, pb};

/// What a header block may take, in bytes on the wire, unless an error says otherwise.
pub(super) const MAX_SIZE: usize = 8 * 1024;

/// What the other headers need of it.
const OTHERS: usize = 512;

/// What HTTP/2 counts for a header beside its name and value.
/// [RFC 9113, 6.5.2](https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2)
const HEADER: usize = 32;

/// The names of the two headers.
const NAMES: usize = "grpc-message".len() + "grpc-status-details-bin".len() + 2 * HEADER;

/// Less would have no room for saying that something was cut.
const LEAST: usize = 1024;

/// A status that was cut.
pub(super) struct Truncated {
    pub(super) status: Status,
    /// The details that are gone.
    pub(super) left_out: String,
}

/// The status as it fits, if it does not fit as it is.
pub(super) fn truncate(status: &Status, max_size: usize) -> Option<Truncated> {
    let budget = max_size.max(LEAST) - OTHERS - NAMES;
    // Longer than it can become: most errors go no further.
    if 3 * status.message().len() + 2 * status.details().len() < budget && status.metadata().is_empty() {
        return None;
    }
    let metadata: usize =
        status.metadata().as_ref().iter().map(|(key, value)| key.as_str().len() + value.len() + HEADER).sum();
    // However large the metadata is, there is some room for the status.
    let budget = budget.saturating_sub(metadata).max(budget / 4);
    if measure(status.message()) + base64_size(status.details().len()) <= budget {
        return None;
    }
    let mut cutter = Truncation::new(status, budget);
    let (message, details) = cutter.fit();
    let left_out = cutter.dropped.iter().map(describe).collect::<Vec<_>>().join(", ");
    let status =
        Status::with_details_and_metadata(status.code(), message, details, status.metadata().clone());
    Some(Truncated { status, left_out })
}

/// What makes a status smaller.
struct Truncation<'a> {
    message: &'a str,
    /// The most useful first.
    details: pb::Status,
    dropped: Vec<Any>,
    budget: usize,
}

impl<'a> Truncation<'a> {
    fn new(status: &'a Status, budget: usize) -> Self {
        let mut details = pb::Status::decode(status.details()).unwrap_or_default();
        details.details.sort_by_key(|detail| rank(&detail.type_url));
        // Whatever else they are, nobody can read them.
        let is_lost = details.details.is_empty() && details.message != status.message();
        let dropped = if is_lost && !status.details().is_empty() { vec![Any::default()] } else { Vec::new() };
        Self { message: status.message(), details, dropped, budget }
    }

    /// Drops details, the least useful first, until the others fit together with the message, or with a
    /// quarter of the room for it. What they leave is the message's.
    fn fit(&mut self) -> (String, Bytes) {
        let details = &self.details.details;
        let text = measure(self.message) + base64_size(self.message.len()) + NOTE;
        let least = text.min(self.budget / 4);
        let mut size: usize = details.iter().map(size_among_details).sum();
        let mut kept = details.len();
        while kept > 0 && base64_size(CODE + size + NOTE) + least > self.budget {
            kept -= 1;
            size -= size_among_details(&details[kept]);
        }
        self.dropped.extend(self.details.details.drain(kept..).rev());
        self.note_in_error_info();
        let message = self.text();
        if kept == 0 {
            return (message, Bytes::new());
        }
        self.details.message.clone_from(&message);
        (message, self.details.encode_to_vec().into())
    }

    /// The way back must not take what was dropped for what was not there.
    fn note_in_error_info(&mut self) {
        let first = self.details.details.first_mut().filter(|any| is(any, "ErrorInfo"));
        let Some(any) = first.filter(|_| !self.dropped.is_empty()) else { return };
        if let Ok(mut info) = pb::ErrorInfo::decode(&*any.value) {
            info.metadata.insert(LEFT_OUT.to_owned(), self.dropped.len().to_string());
            any.value = info.encode_to_vec();
        }
    }

    /// As much of the message as fits, and what was done to it.
    fn text(&self) -> String {
        let left_out = match self.dropped.len() {
            0 => String::new(),
            1 => " [1 detail left out]".to_owned(),
            dropped => format!(" [{dropped} details left out]"),
        };
        let size: usize = self.details.details.iter().map(size_among_details).sum();
        let length = self.longest(size, &left_out);
        if length == self.message.len() {
            return format!("{}{left_out}", self.message);
        }
        let end = format!("... [cut from {} bytes]{left_out}", self.message.len());
        let length = self.longest(size, &end);
        format!("{}{end}", &self.message[..length])
    }

    /// How much of the message fits before `end`, beside details of this size.
    fn longest(&self, details: usize, end: &str) -> usize {
        let (mut length, mut escaped) = (0, measure(end));
        for c in self.message.chars() {
            let longer = length + c.len_utf8();
            escaped += measure(c.encode_utf8(&mut [0; 4]));
            if escaped + details_size(details, longer + end.len()) > self.budget {
                break;
            }
            length = longer;
        }
        length
    }
}

/// The code among the details: a tag and a byte.
const CODE: usize = 2;

/// What the note that details were dropped takes at most.
const NOTE: usize = 48;

/// What a detail takes among the others.
fn size_among_details(detail: &Any) -> usize {
    let length = detail.encoded_len();
    1 + length_delimiter_len(length) + length
}

/// What details of this size take in the header, together with their copy of the message.
fn details_size(details: usize, message: usize) -> usize {
    if details == 0 { 0 } else { base64_size(CODE + details + 1 + length_delimiter_len(message) + message) }
}

/// The key in the metadata of `ErrorInfo` that says how many details were left out.
pub(super) const LEFT_OUT: &str = "details-left-out";

fn is(detail: &Any, name: &str) -> bool {
    detail.type_url.rsplit_once("/google.rpc.").is_some_and(|(_, found)| found == name)
}

/// How long a client could do without it.
fn rank(type_url: &str) -> usize {
    const BY_USE: [&str; 9] = [
        "ErrorInfo",
        "RetryInfo",
        "BadRequest",
        "QuotaFailure",
        "PreconditionFailure",
        "ResourceInfo",
        "LocalizedMessage",
        "RequestInfo",
        "Help",
    ];
    const UNKNOWN: usize = 6;
    match type_url.rsplit_once("/google.rpc.") {
        Some((_, name)) => BY_USE.iter().position(|known| *known == name).unwrap_or(BY_USE.len()),
        None => UNKNOWN,
    }
}

/// A detail, for the log.
fn describe(detail: &Any) -> String {
    let name = detail.type_url.rsplit_once('/').map_or("unreadable details", |(_, name)| name);
    let known = pb::Status { details: vec![detail.clone()], ..pb::Status::default() };
    // The delay is short, and is no text.
    match known.get_error_details_vec().as_slice() {
        [known] if !is(detail, "RetryInfo") => format!("{known:?}"),
        _ => name.to_owned(),
    }
}

/// The length of a text in `grpc-message`, where a byte may take three. tonic escapes more than
/// [gRPC](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md) demands.
fn measure(message: &str) -> usize {
    message
        .bytes()
        .map(|byte| if byte.is_ascii_graphic() && !b"\"#%<>?`{}".contains(&byte) { 1 } else { 3 })
        .sum()
}

/// The length of `grpc-status-details-bin`, which tonic does not pad.
fn base64_size(length: usize) -> usize {
    (length * 4).div_ceil(3)
}

//! Truncates a status to a size that clients accept.
//!
//! A client refuses a header block that is too large, and its user reads a protocol error instead of the status.
//! gRPC's C core refuses blocks above 8 KiB, Go, Java and tonic larger ones. So the headers of a status stay below
//! 8 KiB.

use bytes::Bytes;
use prost::{Message, length_delimiter_len};
use prost_types::Any;
use tonic::Status;
use tonic_types::{RpcStatusExt, pb};

use crate::log_text::cut;
use crate::metadata::{HEADER_OVERHEAD, headers_size};

/// The bytes of a header block that are reserved for the other headers.
const OTHER_HEADERS: usize = 512;

/// The size of the names of the two headers.
const HEADER_NAMES: usize = "grpc-message".len() + "grpc-status-details-bin".len() + 2 * HEADER_OVERHEAD;

/// The smallest limit. A smaller one would have no room for saying that the message was truncated.
const MIN_SIZE: usize = 1024;

/// A status that was truncated.
pub(super) struct Truncated {
    pub(super) status: Status,
    /// Describes the details that were left out, for the log.
    pub(super) left_out: String,
}

/// Returns the status truncated to `max_size` bytes, or `None` if it is no larger than that.
pub(super) fn truncate(status: &Status, max_size: usize) -> Option<Truncated> {
    let budget = max_size.max(MIN_SIZE) - OTHER_HEADERS - HEADER_NAMES;
    // This bound is cheap, and above any size that the status can have. Most errors are below it.
    if 3 * status.message().len() + 2 * status.details().len() < budget && status.metadata().is_empty() {
        return None;
    }
    // However large the metadata is, a quarter of the budget remains for the status.
    let budget = budget.saturating_sub(headers_size(status.metadata().as_ref())).max(budget / 4);
    if escaped_len(status.message()) + base64_len(status.details().len()) <= budget {
        return None;
    }
    let mut truncation = Truncation::new(status, budget);
    let (message, details) = truncation.truncate();
    let left_out = truncation.dropped.iter().map(describe).collect::<Vec<_>>().join(", ");
    let status =
        Status::with_details_and_metadata(status.code(), message, details, status.metadata().clone());
    Some(Truncated { status, left_out })
}

/// Truncates one status.
struct Truncation<'a> {
    message: &'a str,
    /// The details that are sent, the most useful first.
    details: pb::Status,
    dropped: Vec<Any>,
    /// The bytes for the message and the details.
    budget: usize,
}

impl<'a> Truncation<'a> {
    fn new(status: &'a Status, budget: usize) -> Self {
        let mut details = pb::Status::decode(status.details()).unwrap_or_default();
        details.details.sort_by_key(|detail| rank(&detail.type_url));
        // Details that are not a `google.rpc.Status` are dropped: no client can read them.
        let is_unreadable = details.details.is_empty() && details.message != status.message();
        let dropped =
            if is_unreadable && !status.details().is_empty() { vec![Any::default()] } else { Vec::new() };
        Self { message: status.message(), details, dropped, budget }
    }

    /// Drops details, the least useful first, until the others fit beside the message, or beside a quarter of the
    /// budget for the message. Then the message is shortened to the bytes that remain.
    fn truncate(&mut self) -> (String, Bytes) {
        let details = &self.details.details;
        let message = escaped_len(self.message) + base64_len(self.message.len()) + MARKER_SIZE;
        let for_message = message.min(self.budget / 4);
        let mut size: usize = details.iter().map(size_of_detail).sum();
        let mut count = details.len();
        while count > 0 && base64_len(CODE_SIZE + size + MARKER_SIZE) + for_message > self.budget {
            count -= 1;
            size -= size_of_detail(&details[count]);
        }
        self.dropped.extend(self.details.details.drain(count..).rev());
        self.mark_error_info();
        let message = self.truncated_message();
        if count == 0 {
            return (message, Bytes::new());
        }
        self.details.message.clone_from(&message);
        (message, self.details.encode_to_vec().into())
    }

    /// Writes the number of dropped details into the `ErrorInfo`. Without it, a client that restores the error
    /// would take a dropped detail for one that the error does not have.
    fn mark_error_info(&mut self) {
        let first = self.details.details.first_mut().filter(|any| is_type(any, "ErrorInfo"));
        let Some(any) = first.filter(|_| !self.dropped.is_empty()) else { return };
        if let Ok(mut info) = pb::ErrorInfo::decode(&*any.value) {
            info.metadata.insert(LEFT_OUT.to_owned(), self.dropped.len().to_string());
            any.value = info.encode_to_vec();
        }
    }

    /// Returns as much of the message as fits, and a marker that says what is missing.
    fn truncated_message(&self) -> String {
        let left_out = match self.dropped.len() {
            0 => String::new(),
            1 => " [1 detail left out]".to_owned(),
            dropped => format!(" [{dropped} details left out]"),
        };
        let size: usize = self.details.details.iter().map(size_of_detail).sum();
        let len = self.prefix_len(size, &left_out);
        if len == self.message.len() {
            return format!("{}{left_out}", self.message);
        }
        let marker = format!("... [cut from {} bytes]{left_out}", self.message.len());
        let len = self.prefix_len(size, &marker);
        format!("{}{marker}", &self.message[..len])
    }

    /// Returns the length of the longest prefix of the message that fits before `marker`, beside details of this
    /// size.
    fn prefix_len(&self, details: usize, marker: &str) -> usize {
        let (mut len, mut escaped) = (0, escaped_len(marker));
        for c in self.message.chars() {
            let longer = len + c.len_utf8();
            escaped += escaped_len(c.encode_utf8(&mut [0; 4]));
            if escaped + size_of_details(details, longer + marker.len()) > self.budget {
                break;
            }
            len = longer;
        }
        len
    }
}

/// The size of the code in a `google.rpc.Status`: a tag and a byte.
const CODE_SIZE: usize = 2;

/// The largest size of the marker for dropped details.
const MARKER_SIZE: usize = 48;

/// Returns the size of a detail in a `google.rpc.Status`.
fn size_of_detail(detail: &Any) -> usize {
    let len = detail.encoded_len();
    1 + length_delimiter_len(len) + len
}

/// Returns the size of the header for details of this size, which contain a copy of the message.
fn size_of_details(details: usize, message: usize) -> usize {
    if details == 0 {
        return 0;
    }
    base64_len(CODE_SIZE + details + 1 + length_delimiter_len(message) + message)
}

/// The key in the metadata of `ErrorInfo` that says how many details were left out.
pub(super) const LEFT_OUT: &str = "details-left-out";

fn is_type(detail: &Any, name: &str) -> bool {
    detail.type_url.rsplit_once("/google.rpc.").is_some_and(|(_, found)| found == name)
}

/// Ranks the types of details by their use to a client: 0 is the most useful one.
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

/// Describes a detail for the log.
fn describe(detail: &Any) -> String {
    let name = detail.type_url.rsplit_once('/').map_or("unreadable details", |(_, name)| name);
    let known = pb::Status { details: vec![detail.clone()], ..pb::Status::default() };
    // A `RetryInfo` is too small to be dropped for its size, and tonic-types panics at some delays.
    match known.get_error_details_vec().as_slice() {
        [known] if !is_type(detail, "RetryInfo") => cut(&format!("{known:?}")).into_owned(),
        _ => name.to_owned(),
    }
}

/// Returns the length of a text in `grpc-message`, where an escaped byte takes three. tonic escapes more bytes than
/// [gRPC](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses) demands.
fn escaped_len(message: &str) -> usize {
    message
        .bytes()
        .map(|byte| if byte.is_ascii_graphic() && !b"\"#%<>?`{}".contains(&byte) { 1 } else { 3 })
        .sum()
}

/// Returns the length of `len` bytes in `grpc-status-details-bin`, which tonic does not pad.
fn base64_len(len: usize) -> usize {
    (len * 4).div_ceil(3)
}

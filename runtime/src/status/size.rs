//! Keeps a status small enough to arrive.
//!
//! A peer refuses a header block that is too large, and its user reads a protocol error instead of the
//! status: gRPC's C core above 8 KiB, Go, Java and tonic at 8 KiB or more. So all that a status puts
//! into headers stays below that.

use bytes::Bytes;
use prost::Message;
use tonic::Status;
use tonic_types::pb;

/// What a header block may take, in bytes on the wire, unless an error says otherwise.
pub(super) const MAX_SIZE: usize = 8 * 1024;

/// What the other headers need of it.
const OTHERS: usize = 512;

/// What HTTP/2 counts for a header beside its name and value.
/// [RFC 9113, 6.5.2](https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2)
const HEADER: usize = 32;

/// The names of the two headers.
const NAMES: usize = "grpc-message".len() + "grpc-status-details-bin".len() + 2 * HEADER;

/// The status as it fits, if it does not fit as it is.
pub(super) fn cut(status: &Status, max_size: usize) -> Option<Status> {
    let budget = max_size.saturating_sub(OTHERS + NAMES);
    // Longer than it can become: most errors go no further.
    if 3 * status.message().len() + 2 * status.details().len() < budget && status.metadata().is_empty() {
        return None;
    }
    let metadata: usize =
        status.metadata().as_ref().iter().map(|(key, value)| key.as_str().len() + value.len() + HEADER).sum();
    // However large the metadata is, there is some room for the status.
    let budget = budget.saturating_sub(metadata).max(budget / 4);
    if message_size(status.message()) + base64_size(status.details().len()) <= budget {
        return None;
    }
    let (message, details) = Cut::new(status, budget).fit();
    Some(Status::with_details_and_metadata(status.code(), message, details, status.metadata().clone()))
}

/// A status that is being cut.
struct Cut<'a> {
    full: &'a str,
    details: pb::Status,
    dropped: usize,
    budget: usize,
}

impl<'a> Cut<'a> {
    fn new(status: &'a Status, budget: usize) -> Self {
        let (details, dropped) = match pb::Status::decode(status.details()) {
            Ok(mut details) => {
                details.details.sort_by_key(|detail| rank(&detail.type_url));
                (details, 0)
            }
            // Nobody can read them.
            Err(_) => (pb::Status::default(), 1),
        };
        Self { full: status.message(), details, dropped, budget }
    }

    /// Drops details, the least useful first, until they fit together with a part of the message.
    fn fit(mut self) -> (String, Bytes) {
        loop {
            self.details.message.clear();
            let rest = self.budget.saturating_sub(self.details_size());
            // However many details there are, some text goes before them.
            let message = self.message(rest.max(self.budget / 4));
            if !self.details.details.is_empty() {
                self.details.message.clone_from(&message);
            }
            if message_size(&message) + self.details_size() <= self.budget {
                let details =
                    if self.details.details.is_empty() { Vec::new() } else { self.details.encode_to_vec() };
                return (message, details.into());
            }
            self.details.details.pop();
            self.dropped += 1;
        }
    }

    fn details_size(&self) -> usize {
        if self.details.details.is_empty() { 0 } else { base64_size(self.details.encoded_len()) }
    }

    /// As much of the message as fits into `room`, and what was done to it.
    fn message(&self, room: usize) -> String {
        let details = match self.dropped {
            0 => String::new(),
            1 => " [1 detail left out]".to_owned(),
            dropped => format!(" [{dropped} details left out]"),
        };
        let whole = format!("{}{details}", self.full);
        if self.size(&whole) <= room {
            return whole;
        }
        let end = format!("... [cut from {} bytes]{details}", self.full.len());
        let mut room = room.saturating_sub(self.size(&end));
        let fits = |&(_, c): &(usize, char)| {
            let size = self.size(c.encode_utf8(&mut [0; 4]));
            room.checked_sub(size).inspect(|rest| room = *rest).is_some()
        };
        let length = self.full.char_indices().take_while(fits).last().map_or(0, |(at, c)| at + c.len_utf8());
        format!("{}{end}", &self.full[..length])
    }

    /// What a part of the message takes: it stands among the details once more, if there are any.
    fn size(&self, part: &str) -> usize {
        let copy = if self.details.details.is_empty() { 0 } else { base64_size(part.len()) + 1 };
        message_size(part) + copy
    }
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

/// The length of `grpc-message`, in which a byte may take three.
/// [PROTOCOL-HTTP2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md)
fn message_size(message: &str) -> usize {
    // tonic escapes more than it has to.
    message
        .bytes()
        .map(|byte| if byte.is_ascii_graphic() && !b"\"#%<>?`{}".contains(&byte) { 1 } else { 3 })
        .sum()
}

/// The length of `grpc-status-details-bin`, which tonic does not pad.
fn base64_size(length: usize) -> usize {
    (length * 4).div_ceil(3)
}

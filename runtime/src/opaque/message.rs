use std::error::Error;

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use tonic::Status;

use super::deadline::tell;
use super::{BoxError, client};
use crate::status::{self, Mark};
use crate::{Call, IntoStatus, Method};

/// A message whose type is not known, at the moment when its first bytes are there.
///
/// ```
/// use vestibule::opaque::Message;
///
/// fn describe(message: &Message) -> String {
///     format!("{} bytes, compressed: {}", message.len(), message.is_compressed())
/// }
/// ```
#[derive(Debug)]
pub struct Message {
    len: usize,
    is_compressed: bool,
}

impl Message {
    /// Reads the prefix of a [length-prefixed message].
    ///
    /// [length-prefixed message]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests
    pub(super) fn read(prefix: [u8; 5]) -> Self {
        let [compressed, len @ ..] = prefix;
        // A flag that is neither is left to who decodes the message.
        Self { len: u32::from_be_bytes(len) as usize, is_compressed: compressed == 1 }
    }

    /// Its size in bytes, as it is announced and sent: compressed, if it is, and without its prefix of five bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "an empty message is one like others")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it is compressed.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.is_compressed
    }
}

/// Any method behind a [`layer`](crate::layer()), as the [`Method`] that hooks are for.
#[derive(Debug)]
pub enum Opaque {}

/// Any method called by a [`client`](crate::client()), as the [`Method`] that hooks are for.
///
/// The requests are those that go out. An interceptor that belongs on a client alone has hooks for nothing
/// else, and then does not compile elsewhere.
#[derive(Debug)]
pub enum Outgoing {}

impl Method for Opaque {
    type Request = Message;
    type Response = Message;
}

impl Method for Outgoing {
    type Request = Message;
    type Response = Message;
}

/// On which side a chain stands.
pub(super) trait Side: Method<Request = Message, Response = Message> {
    /// What an error of the service becomes.
    fn failed(error: BoxError) -> Status;

    /// Tells those further in how much time is left.
    fn tell_deadline(call: &Call, headers: &mut HeaderMap);

    /// Warns of metadata that is about to go back and is too large for some clients.
    fn check_size(call: &Call, headers: &HeaderMap);

    /// The last thing that happens to the status of a failure.
    fn leaving(call: &Call, status: Status) -> Status;

    /// How a body ends.
    fn last(status: Status) -> Result<Frame<Bytes>, Status>;
}

impl Side for Opaque {
    fn failed(error: BoxError) -> Status {
        // Nobody has said what a client may know of others.
        Status::try_from_error(error).unwrap_or_else(IntoStatus::into_status)
    }

    /// If an interceptor has set a limit. A server's clients have told their own.
    fn tell_deadline(call: &Call, headers: &mut HeaderMap) {
        if call.deadline() != call.client_deadline() {
            tell(call.deadline(), headers);
        }
    }

    fn check_size(call: &Call, headers: &HeaderMap) {
        call.warn_if_too_large(headers);
    }

    fn leaving(call: &Call, status: Status) -> Status {
        status::leaving(call.method(), status)
    }

    fn last(status: Status) -> Result<Frame<Bytes>, Status> {
        Ok(trailers(&status))
    }
}

impl Side for Outgoing {
    /// The text is for the caller.
    fn failed(error: BoxError) -> Status {
        client::failed(error)
    }

    /// Each attempt tells it anew.
    fn tell_deadline(_call: &Call, _headers: &mut HeaderMap) {}

    /// The caller is in the same process.
    fn check_size(_call: &Call, _headers: &HeaderMap) {}

    fn leaving(_call: &Call, status: Status) -> Status {
        status
    }

    /// In trailers, as a server sends it, because tonic's `Streaming` yields an error of the body twice. A status that no server
    /// has sent and that has a source is an error of the body all the same: trailers would lose the source, and tonic's own
    /// client yields it twice as well.
    fn last(status: Status) -> Result<Frame<Bytes>, Status> {
        if status.source().is_none() || Mark::of(&status).is_some() {
            Ok(trailers(&status))
        } else {
            Err(status)
        }
    }
}

fn trailers(status: &Status) -> Frame<Bytes> {
    let mut trailers = HeaderMap::new();
    status.add_header(&mut trailers).expect("percent-encoding and base64 are ASCII");
    Frame::trailers(trailers)
}

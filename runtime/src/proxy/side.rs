use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use tonic::Status;

use super::message::EncodedMessage;
use crate::status::BoxError;
use crate::{Call, Method};

/// On which side a chain stands.
pub(crate) trait ProxySide: Method<Request = EncodedMessage, Response = EncodedMessage> {
    /// What an error of the service becomes.
    fn status_of_error(error: BoxError) -> Status;

    /// Tells those further in how much time is left.
    fn set_timeout(call: &Call, headers: &mut HeaderMap);

    /// Warns of metadata that is about to go back and is too large for some clients.
    fn check_size(call: &Call, headers: &HeaderMap);

    /// The last thing that happens to the status of a failure.
    fn finalize(call: &Call, status: Status) -> Status;

    /// How a body ends.
    fn last_frame(status: Status) -> Result<Frame<Bytes>, Status>;
}

/// Returns the trailers that say `status`.
pub(crate) fn trailers(status: &Status) -> Frame<Bytes> {
    let mut trailers = HeaderMap::new();
    status.add_header(&mut trailers).expect("percent-encoding and base64 are ASCII");
    Frame::trailers(trailers)
}

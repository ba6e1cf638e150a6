use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use tonic::Status;

use super::message::EncodedMessage;
use crate::status::BoxError;
use crate::{Call, Method};

/// The differences between a chain on a server and one on a client.
pub(crate) trait ProxySide: Method<Request = EncodedMessage, Response = EncodedMessage> {
    /// True on a server.
    const IS_SERVER: bool;

    /// Converts an error of the service into a status.
    fn status_of_error(error: BoxError) -> Status;

    /// Writes the remaining time into the headers of the request for the service.
    fn set_timeout(call: &Call, headers: &mut HeaderMap);

    /// Logs a warning if the metadata of the response is too large for some clients.
    fn check_size(call: &Call, headers: &HeaderMap);

    /// Prepares the status of a failure to be sent. It is the last step.
    fn finalize(call: &Call, status: Status) -> Status;

    /// Returns the last frame of a body that ends with `status`, or the error that the body ends with.
    fn last_frame(status: Status) -> Result<Frame<Bytes>, Status>;
}

/// Returns the trailers that contain `status`.
pub(crate) fn trailers(status: &Status) -> Frame<Bytes> {
    let mut trailers = HeaderMap::new();
    status.add_header(&mut trailers).expect("percent-encoding and base64 are ASCII");
    Frame::trailers(trailers)
}

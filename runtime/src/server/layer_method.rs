use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use tonic::Status;

use crate::method::sealed::Sealed;
use crate::proxy::{EncodedMessage, ProxySide, set_timeout, trailers};
use crate::status::{self, BoxError};
use crate::{Call, Method};

/// The [`Method`] for hooks of an interceptor in a [`layer`](crate::layer()). It stands for every rpc behind the
/// layer.
///
/// ```
/// use vestibule::Hooks;
/// use vestibule::proxy::EncodedMessage;
/// use vestibule::server::LayerMethod;
///
/// struct Sizes(Vec<usize>);
///
/// impl Hooks<LayerMethod> for Sizes {
///     fn on_request(&mut self, message: &mut EncodedMessage) -> Result<(), vestibule::Status> {
///         self.0.push(message.len());
///         Ok(())
///     }
/// }
/// ```
#[derive(Debug)]
pub enum LayerMethod {}

impl Sealed for LayerMethod {}

impl Method for LayerMethod {
    type Request = EncodedMessage;
    type Response = EncodedMessage;
}

impl ProxySide for LayerMethod {
    const IS_SERVER: bool = true;

    fn status_of_error(error: BoxError) -> Status {
        status::boxed_into_status(error)
    }

    /// Sets the timeout if an interceptor has set an earlier deadline. Otherwise the header of the client stays.
    fn set_timeout(call: &Call, headers: &mut HeaderMap) {
        if call.deadline() != call.client_deadline() {
            set_timeout(call.deadline(), headers);
        }
    }

    fn check_size(call: &Call, headers: &HeaderMap) {
        call.warn_if_too_large(headers);
    }

    fn finalize(call: &Call, status: Status) -> Status {
        status::finalize(call.method(), status)
    }

    fn last_frame(status: Status) -> Result<Frame<Bytes>, Status> {
        Ok(trailers(&status))
    }
}

use std::error::Error;

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use tonic::Status;

use super::error;
use crate::method::sealed::Sealed;
use crate::proxy::{EncodedMessage, ProxySide, trailers};
use crate::status::{BoxError, Cause};
use crate::{Call, Hooks, Method};

/// Any method called by a [`client`](crate::client()), as the [`Method`] that hooks are for.
///
/// The requests are those that go out.
///
/// ```
/// use vestibule::Hooks;
/// use vestibule::client::ClientMethod;
/// use vestibule::proxy::EncodedMessage;
///
/// struct Sizes(Vec<usize>);
///
/// impl Hooks<ClientMethod> for Sizes {
///     fn on_response(&mut self, message: &mut EncodedMessage) -> Result<(), vestibule::Status> {
///         self.0.push(message.len());
///         Ok(())
///     }
/// }
/// ```
#[derive(Debug)]
pub enum ClientMethod {}

impl Sealed for ClientMethod {}

impl Method for ClientMethod {
    type Request = EncodedMessage;
    type Response = EncodedMessage;
}

impl ProxySide for ClientMethod {
    /// The text is for the caller.
    fn status_of_error(error: BoxError) -> Status {
        error::status_of_error(error)
    }

    /// Each attempt tells it anew.
    fn set_timeout(_call: &Call, _headers: &mut HeaderMap) {}

    /// The caller is in the same process.
    fn check_size(_call: &Call, _headers: &HeaderMap) {}

    fn finalize(_call: &Call, status: Status) -> Status {
        status
    }

    /// In trailers, as a server sends it, because tonic's `Streaming` yields an error of the body twice. A status that no server
    /// has sent and that has a source is an error of the body all the same: trailers would lose the source, and tonic's own
    /// client yields it twice as well.
    fn last_frame(status: Status) -> Result<Frame<Bytes>, Status> {
        if status.source().is_none() || Cause::of(&status).is_some() {
            Ok(trailers(&status))
        } else {
            Err(status)
        }
    }
}

/// The hooks of an interceptor that belongs on a client: none, and it does not compile elsewhere.
///
/// ```
/// use vestibule::client::ClientOnly;
/// use vestibule::{Call, Interceptor, Status};
///
/// struct UserAgent;
///
/// impl Interceptor for UserAgent {
///     type Provides = ();
///     type Hooks = ClientOnly;
///
///     async fn start(&self, call: &Call) -> Result<((), ClientOnly), Status> {
///         call.outgoing_metadata().insert("x-client", "greetings/2.1".parse().expect("it is ASCII"));
///         Ok(((), ClientOnly))
///     }
/// }
/// ```
#[derive(Debug)]
pub struct ClientOnly;

impl Hooks<ClientMethod> for ClientOnly {}

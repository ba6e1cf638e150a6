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

/// The [`Method`] for hooks of an interceptor on a [`client`](crate::client()). It stands for every rpc that the
/// client calls.
///
/// Requests are messages that the client sends, and responses are messages that it receives.
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
    const IS_SERVER: bool = false;

    /// Keeps the text of the error, because the caller is in the same process.
    fn status_of_error(error: BoxError) -> Status {
        error::status_of_error(error)
    }

    /// Does nothing, because each attempt sets its own timeout when it is sent.
    fn set_timeout(_call: &Call, _headers: &mut HeaderMap) {}

    /// Does nothing, because the caller is in the same process.
    fn check_size(_call: &Call, _headers: &HeaderMap) {}

    fn finalize(_call: &Call, status: Status) -> Status {
        status
    }

    /// Returns trailers, as a server sends them, because tonic's `Streaming` yields an error of the body twice. A
    /// status with a source is an error of the body nevertheless: trailers would lose its source, and tonic's own
    /// client yields such an error twice as well.
    fn last_frame(status: Status) -> Result<Frame<Bytes>, Status> {
        if status.source().is_none() || Cause::of(&status).is_some() {
            Ok(trailers(&status))
        } else {
            Err(status)
        }
    }
}

/// The hooks of an interceptor for clients only. They do nothing. In a layer or on an annotated service, such an
/// interceptor does not compile.
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
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientOnly;

impl<M: ClientSide> Hooks<M> for ClientOnly {}

/// The [`Method`] of a client. Only [`ClientMethod`] implements this trait.
///
/// It is a trait so that the compiler's message says where an interceptor with [`ClientOnly`] hooks belongs.
#[diagnostic::on_unimplemented(
    message = "this interceptor works on a client only",
    label = "move it to the list of a client, `vestibule::client(channel, (...))`"
)]
pub trait ClientSide: Method {}

impl ClientSide for ClientMethod {}

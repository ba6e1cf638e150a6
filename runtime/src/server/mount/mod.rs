//! A service in tonic's server whose chains run before the body is read.

mod body;
mod codec;
mod compression;
mod deadline;
mod respond;
mod rpc_names;
mod serve;
mod settings;
mod stand_in;
mod trailers;

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::server::NamedService;
use tower_service::Service;

pub use codec::{CodecFor, Prost};
pub use respond::{forward_to_tonic, respond_once, respond_with_stream};
pub use serve::{HttpRequest, HttpResponseFuture, Serve};
pub use settings::MountSettings;

use super::protocol::refusal;
use crate::status::BoxError;

/// An annotated service, mounted in tonic's server such that its chains see a call from its first header
/// on.
///
/// It takes the place of the `GreeterServer` that tonic-build generates, and is added likewise. What it
/// does beyond that:
///
/// - All starts, and everything that `#[require_metadata]` and the handler's parameters demand, run on
///   the headers. A call that is refused costs neither the reading nor the decoding of a message, and a
///   client that would send a gigabyte has its status before. While a start waits, what arrives is taken in, so that
///   other calls of the connection go on: see [mounts](crate::guide::mounts).
/// - [`Call::trailers`](crate::Call::trailers) reach the client after a single reply as well.
/// - A client that breaks off an upload is an error among the handler's messages, and
///   [`Outcome::Interrupted`](crate::Outcome), never an end.
/// - The client's deadline ends a call with `DEADLINE_EXCEEDED`, streams too, without any interceptor.
/// - An rpc whose name on the wire is not what the method's name suggests is reported in the log
///   when the mount is made, and served by tonic's own code all the same.
///
/// ```
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// use vestibule::{Mount, Status, interceptor};
///
/// struct Calculator;
///
/// #[interceptor]
/// impl Calculatrice for Calculator {
///     async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
///
/// let router = tonic::transport::Server::builder().add_service(Mount::new(Calculator));
/// ```
///
/// In a signature, the type is `Mount<Calculator, CalculatriceServer<()>>`. `GeneratedServer` has
/// the name of the service: it is inferred, unless one type is several services. Then say which,
/// `Mount::<_, CalculatriceServer<_>>::new(calculator)`. `C` is the codec of the messages: [`Prost`], unless said otherwise.
///
/// Compression and size limits are set by methods of the same names as on the generated server.
pub struct Mount<S, GeneratedServer, C = Prost> {
    service: Arc<S>,
    settings: MountSettings,
    names: PhantomData<fn() -> (GeneratedServer, C)>,
}

impl<S: Serve<GeneratedServer, Prost>, GeneratedServer> Mount<S, GeneratedServer> {
    /// Mounts a service, as a `Mount<S, GeneratedServer>`.
    ///
    /// Rpcs that the service does not have under the names that its methods suggest are reported at ERROR
    /// to `tracing`. The generated server is asked for each of them, without calling a method.
    ///
    // That it is called `S::Mount` makes it one error, and not three, if `S` is not an annotated service.
    #[expect(clippy::new_ret_no_self, reason = "it is the same type by another name")]
    #[must_use]
    pub fn new(service: S) -> S::Mount {
        Self::from_arc(Arc::new(service))
    }

    /// Mounts a service that is shared.
    #[must_use]
    pub fn from_arc(service: Arc<S>) -> S::Mount {
        S::mount(service)
    }
}

impl<S: Serve<N, C>, N, C> Mount<S, N, C> {
    /// Mounts a service, which may be shared, whose messages are not encoded by prost. The codec is named in the type,
    /// as in `Mount::<_, _, MyCodec>::with_codec(Arc::new(service))`: see [`CodecFor`].
    #[must_use]
    pub fn with_codec(service: Arc<S>) -> Self {
        rpc_names::report_unknown::<S, N, C>(&service);
        Self { service, settings: MountSettings::default(), names: PhantomData }
    }

    /// Accepts requests that are compressed with `encoding`.
    #[must_use]
    pub fn accept_compressed(mut self, encoding: CompressionEncoding) -> Self {
        settings::enable(&mut self.settings.accepted, encoding);
        self
    }

    /// Compresses replies with `encoding`, if the client accepts that.
    #[must_use]
    pub fn send_compressed(mut self, encoding: CompressionEncoding) -> Self {
        settings::enable(&mut self.settings.sent, encoding);
        self
    }

    /// Limits the size of a message that is decoded, in bytes. tonic's default is 4 MiB. So much is held of a single
    /// message while a start waits.
    #[must_use]
    pub fn max_decoding_message_size(mut self, limit: usize) -> Self {
        self.settings.max_decoding_message_size = Some(limit);
        self
    }

    /// Limits the size of a message that is encoded, in bytes. tonic has no limit by default.
    #[must_use]
    pub fn max_encoding_message_size(mut self, limit: usize) -> Self {
        self.settings.max_encoding_message_size = Some(limit);
        self
    }
}

impl<S, N, C, B> Service<http::Request<B>> for Mount<S, N, C>
where
    S: Serve<N, C>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = HttpResponseFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> HttpResponseFuture {
        match refusal(&request) {
            Some(refusal) => Box::pin(std::future::ready(Ok(refusal))),
            None => S::serve(&self.service, &self.settings, request.map(Body::new)),
        }
    }
}

impl<S: Serve<N, C>, N, C> NamedService for Mount<S, N, C> {
    const NAME: &'static str = S::NAME;
}

impl<S, N, C> Clone for Mount<S, N, C> {
    fn clone(&self) -> Self {
        Self { service: Arc::clone(&self.service), settings: self.settings.clone(), names: PhantomData }
    }
}

impl<S, N, C> fmt::Debug for Mount<S, N, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mount").field("settings", &self.settings).finish_non_exhaustive()
    }
}

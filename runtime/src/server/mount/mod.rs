//! Mounts an annotated service in tonic's server, so that its chains run before the body is read.

mod body;
mod codec;
mod compression;
mod deadline;
mod described_services;
mod fallback;
mod mounts;
mod placeholder;
mod reports;
mod respond;
mod rpc_names;
mod serve;
mod settings;
mod single_body;
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
pub use mounts::{Mounts, NamedList, ServeAll};
pub use reports::report;
pub use respond::{forward_to_tonic, respond_once, respond_with_stream};
pub use serve::{HttpRequest, HttpResponseFuture, Serve};
pub use settings::MountSettings;

use fallback::WithFallback;
use serve::serve_grpc;

use crate::status::BoxError;

/// An annotated service in tonic's server. Its chains run as soon as the headers of a call have arrived.
///
/// It replaces the server that tonic-build generates, such as `GreeterServer`. Add it to a router in the same way. It
/// differs from the generated server in these points:
///
/// - All starts, and the checks of `#[require_metadata]` and of the handler's parameters, run on the headers. The
///   mount neither reads nor decodes the message of a rejected call. A client with a large message reads the status
///   before it has sent all of it. While a start waits, the mount reads ahead, so that other calls of the connection
///   go on: see [mounts](crate::guide::mounts).
/// - [`Call::trailers`](crate::Call::trailers) reach the client after a single response as well.
/// - When a client aborts its upload, the handler reads an error from the stream, and hooks see
///   [`Outcome::Interrupted`](crate::Outcome). In the generated server, the handler reads a regular end.
/// - Calls and streams end with `DEADLINE_EXCEEDED` at the client's deadline, even without an interceptor.
/// - If the generated server has no rpc with the name of a method, the mount logs an error when it is created.
///   tonic's generated server handles the calls of that method.
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
/// In a signature, write the type as `Mount<Calculator, CalculatriceServer<()>>`. `GeneratedServer` gives the mount
/// the name of the service. The compiler infers it, unless one type implements several services: then write
/// `Mount::<_, CalculatriceServer<_>>::new(calculator)`. `C` is the codec of the messages, by default [`Prost`].
///
/// The methods for compression and size limits have the same names as on the generated server:
///
/// ```
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use vestibule::{Mount, Status, interceptor};
/// # struct Calculator;
/// # #[interceptor]
/// # impl Calculatrice for Calculator {
/// #     async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
/// # }
/// let mount = Mount::new(Calculator)
///     .max_decoding_message_size(16 << 20)
///     .max_encoding_message_size(16 << 20);
/// ```
pub struct Mount<S, GeneratedServer, C = Prost> {
    service: Arc<S>,
    settings: MountSettings,
    names: PhantomData<fn() -> (GeneratedServer, C)>,
}

impl<S: Serve<GeneratedServer, Prost>, GeneratedServer> Mount<S, GeneratedServer> {
    /// Mounts a service, as a `Mount<S, GeneratedServer>`. The example of [`Mount`] calls it.
    ///
    /// It asks the generated server for each rpc, without calling a method, and logs an ERROR through `tracing` for
    /// each method whose rpc the generated server does not have.
    // If the return type were `Mount<...>`, the compiler would report three errors and not one for a service without
    // `#[interceptor]`.
    #[expect(clippy::new_ret_no_self, reason = "`S::Mount` is the same type")]
    #[must_use]
    pub fn new(service: S) -> S::Mount {
        Self::from_arc(Arc::new(service))
    }

    /// Mounts a shared service.
    ///
    /// ```
    /// # use proto::calcul::{AdditionRequest, AdditionResponse};
    /// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
    /// # use vestibule::{Mount, Status, interceptor};
    /// # struct Calculator;
    /// # #[interceptor]
    /// # impl Calculatrice for Calculator {
    /// #     async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
    /// # }
    /// use std::sync::Arc;
    ///
    /// let calculator = Arc::new(Calculator);
    /// let mount = Mount::from_arc(Arc::clone(&calculator));
    /// ```
    #[must_use]
    pub fn from_arc(service: Arc<S>) -> S::Mount {
        S::mount(service)
    }
}

impl<S: Serve<N, C>, N, C> Mount<S, N, C> {
    /// Mounts a shared service with a codec of your own, `C`.
    ///
    /// Name the codec in the type: `Mount::<_, _, MyCodec>::with_codec(Arc::new(service))`. The example of
    /// [`CodecFor`] implements one.
    #[must_use]
    pub fn with_codec(service: Arc<S>) -> Self {
        rpc_names::report_unknown::<S, N, C>(&service);
        Self { service, settings: MountSettings::default(), names: PhantomData }
    }

    /// Accepts requests that are compressed with `encoding`. Call it once for each encoding.
    ///
    /// It has no example here, because the encodings depend on features of tonic: with the feature `gzip`, write
    /// `.accept_compressed(CompressionEncoding::Gzip)`.
    #[must_use]
    pub fn accept_compressed(mut self, encoding: CompressionEncoding) -> Self {
        settings::enable(&mut self.settings.accepted, encoding);
        self
    }

    /// Compresses responses with `encoding`, if the client accepts it. Call it once for each encoding. If there are
    /// several, the client's order of preference decides.
    ///
    /// It has no example here, because the encodings depend on features of tonic: with the feature `gzip`, write
    /// `.send_compressed(CompressionEncoding::Gzip)`.
    #[must_use]
    pub fn send_compressed(mut self, encoding: CompressionEncoding) -> Self {
        settings::enable(&mut self.settings.sent, encoding);
        self
    }

    /// Limits the size of a message that the server decodes, in bytes. The default is tonic's, 4 MiB. The limit
    /// also bounds the bytes of a single message that are read ahead while a start waits. The example of [`Mount`]
    /// calls it.
    #[must_use]
    pub fn max_decoding_message_size(mut self, limit: usize) -> Self {
        self.settings.max_decoding_message_size = Some(limit);
        self
    }

    /// Limits the size of a message that the server encodes, in bytes. There is no limit by default, as in tonic.
    /// The example of [`Mount`] calls it.
    #[must_use]
    pub fn max_encoding_message_size(mut self, limit: usize) -> Self {
        self.settings.max_encoding_message_size = Some(limit);
        self
    }

    /// Puts the mount in front of another service, which gets the calls of all other services.
    ///
    /// tonic's router looks up each path, and puts the bodies of each call into four more boxes. A mount in front of the
    /// router saves that for its own calls. The layers of the server still see all calls.
    ///
    /// ```no_run
    /// # use proto::calcul::{AdditionRequest, AdditionResponse};
    /// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
    /// # use vestibule::{Mount, Status, interceptor};
    /// # struct Calculator;
    /// # #[interceptor]
    /// # impl Calculatrice for Calculator {
    /// #     async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
    /// # }
    /// use tonic::service::Routes;
    /// use tonic::transport::Server;
    ///
    /// # async fn serve() -> Result<(), tonic::transport::Error> {
    /// let (_, health) = tonic_health::server::health_reporter();
    /// let service = Mount::new(Calculator).fallback_service(Routes::new(health).prepare());
    /// Server::builder().serve("[::1]:50051".parse().unwrap(), service).await
    /// # }
    /// ```
    ///
    /// If there is no other service, serve the mount alone: `Server::builder().serve(addr, Mount::new(Calculator))`.
    pub fn fallback_service<R>(
        self,
        fallback: R,
    ) -> impl Service<HttpRequest, Response = http::Response<Body>, Error = Infallible, Future: Send> + Clone
    where
        S: Serve<N, C>,
        R: Service<HttpRequest, Response = http::Response<Body>, Error = Infallible, Future: Send> + Clone,
    {
        WithFallback::new(self, fallback)
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
        serve_grpc(request, |request| S::serve(&self.service, &self.settings, request.map(Body::new)))
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

use std::fmt;
use std::sync::Arc;

use super::layer_method::LayerMethod;
use super::layered::Layered;
use super::prefixes::Prefixes;
use crate::call::DEFAULT_READ_AHEAD;
use crate::proxy::{GrpcService, Interceptors};
use crate::report::LayerRow;

/// Puts interceptors in front of a whole server, or of one gRPC service. Use it for services whose code is not
/// yours, such as health and reflection.
///
/// `chain` is a tuple of interceptors, outermost first. They run for every method. An interceptor learns the method
/// from [`Call::method`](crate::Call::method), as in `call.method().service() == "grpc.health.v1.Health"`. If a
/// router behind the layer nests services under a prefix, call [`Layer::nested_under`].
///
/// ```
/// use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// use tonic::transport::Server;
/// use vestibule_interceptors::{InFlight, Recover};
/// use vestibule::{Call, Rest, Status, interceptor};
///
/// #[interceptor]
/// async fn access_log(call: &Call, rest: impl Rest) -> Result<(), Status> {
///     let result = rest.await;
///     println!("{} ok: {}", call.method().path(), result.is_ok());
///     result
/// }
///
/// # struct Calculator;
/// # #[interceptor]
/// # impl Calculatrice for Calculator {
/// #     async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
/// # }
/// let router = Server::builder()
///     .layer(vestibule::layer((Recover::new(), access_log(), InFlight::new(100))))
///     .add_service(CalculatriceServer::new(Calculator));
/// ```
///
/// `Server::layer` takes the layer as it is. [`Layered`] shows a layer around a single service.
///
/// - Hooks see a message when its first five bytes have arrived: its size, and whether it is compressed. The service
///   may already run at that time, because it reads the messages itself. A rejected message does not reach the
///   service.
/// - When a client aborts its stream of requests, a service of tonic reads ABORTED from the stream. (tonic treats
///   CANCELLED as a regular end.)
/// - If the service fails with an error that is not a `Status`, the client reads INTERNAL, and the log holds the
///   error. So tower's limits and timeouts may stand behind the layer.
/// - No request reaches the service without the chain. A request that is not gRPC ends with the HTTP status 405 or
///   415. A request whose path is not the path of a method ends with UNIMPLEMENTED. For such requests, the chain does
///   not run.
/// - The layer does not know which services stand behind it, so nobody compares its phases with those of their lists.
///   [`Mounts::layer`](super::Mounts::layer) does, when the server starts.
/// - Put layers that convert other protocols to gRPC, such as tonic-web's, and layers that respond themselves, such
///   as CORS, in front of this layer.
pub fn layer<C: Interceptors<LayerMethod>>(chain: C) -> Layer<C> {
    const { C::ORDER };
    Layer { chain: Arc::new(chain), prefixes: Prefixes::default(), read_ahead: DEFAULT_READ_AHEAD }
}

/// A [`tower_layer::Layer`] with interceptors: see [`layer`](crate::layer()) for an example.
#[must_use = "it does nothing unless it is given to a server"]
pub struct Layer<C> {
    chain: Arc<C>,
    prefixes: Prefixes,
    read_ahead: usize,
}

impl<C> Layer<C> {
    /// Limits the bytes of a request that are read ahead while a start waits. The default is 4 MiB, which is tonic's
    /// default limit for a message, because the layer does not know the limits of the services behind it.
    ///
    /// Bytes above the limit stay in the flow-control window of the connection, and other calls of the connection may
    /// have to wait: see [mounts](crate::guide::mounts).
    ///
    /// ```
    /// use std::time::Duration;
    /// use vestibule_interceptors::InFlight;
    ///
    /// // The services behind the layer accept messages of 16 MiB.
    /// let in_flight = InFlight::new(100).wait(Duration::from_secs(1));
    /// let layer = vestibule::layer((in_flight,)).read_ahead(16 << 20);
    /// ```
    pub fn read_ahead(self, bytes: usize) -> Self {
        Self { read_ahead: bytes, ..self }
    }

    /// Declares that a router behind the layer nests services under `prefix`, as in `/api/pb.Greeter/SayHello`.
    /// Call it once for each prefix.
    ///
    /// Interceptors see the method without the prefix, so an interceptor that compares names works under each
    /// prefix. A call under a prefix that was not declared runs the chain, and ends with UNIMPLEMENTED before it
    /// reaches the service.
    ///
    /// ```
    /// use vestibule::{Call, Status, interceptor, layer};
    ///
    /// #[interceptor]
    /// async fn authenticate(call: &Call) -> Result<(), Status> {
    ///     if call.method().service() == "grpc.health.v1.Health" {
    ///         return Ok(());
    ///     }
    ///     call.get::<&str>("authorization").map(|_| ())
    /// }
    ///
    /// let guard = layer((authenticate(),)).nested_under("/api");
    /// ```
    pub fn nested_under(mut self, prefix: &str) -> Self {
        self.prefixes.add(prefix);
        self
    }
}

impl<C> Clone for Layer<C> {
    fn clone(&self) -> Self {
        Self { chain: Arc::clone(&self.chain), prefixes: self.prefixes.clone(), read_ahead: self.read_ahead }
    }
}

impl<C> fmt::Debug for Layer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer").field("read_ahead", &self.read_ahead).finish_non_exhaustive()
    }
}

impl<C: Interceptors<LayerMethod>> Layer<C> {
    /// Returns the name and the phases of each interceptor.
    pub(in crate::server) fn entries() -> Vec<LayerRow> {
        C::entries()
    }
}

impl<C: Interceptors<LayerMethod>, S: GrpcService> tower_layer::Layer<S> for Layer<C> {
    type Service = Layered<S>;

    fn layer(&self, inner: S) -> Layered<S> {
        let (chain, prefixes) = (Arc::clone(&self.chain), self.prefixes.clone());
        Layered::new(inner, chain, prefixes, self.read_ahead)
    }
}

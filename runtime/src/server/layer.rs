use std::fmt;
use std::sync::Arc;

use super::layer_method::LayerMethod;
use super::layered::Layered;
use super::prefixes::Prefixes;
use crate::call::DEFAULT_READ_AHEAD;
use crate::proxy::{GrpcService, Interceptors};

/// Puts a chain in front of a server, or of any service that answers gRPC: health, reflection, and
/// whatever else one does not own.
///
/// `chain` is a tuple of interceptors, outermost first. The chain is the same for all methods; which one is
/// called [`Call::method`](crate::Call::method) tells: `call.method().service() == "grpc.health.v1.Health"`. If a router
/// further in nests services under a prefix, say so by [`Layer::nested_under`].
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
/// `Server::layer` takes it as it is; around one service, see [`Layered`].
///
/// Hooks see a message when its first five bytes have come: its size, and whether it is compressed. The service may
/// be called before, for it reads the messages itself; one that is rejected does not reach it. To a service of tonic's, a
/// client stream that is cut off ends with ABORTED (tonic takes CANCELLED for a regular end).
///
/// An error of the service that is not a `Status` is INTERNAL for the client, and the log has it; so that tower's
/// own limits and timeouts may stand further in.
///
/// Nothing reaches the service past the chain. What is not gRPC is answered with 405 or 415, a path that is not a
/// method's with UNIMPLEMENTED; neither runs the chain. Layers that make gRPC of something else, such as
/// tonic-web's, and those that answer themselves, such as CORS, stand further out.
pub fn layer<C: Interceptors<LayerMethod>>(chain: C) -> Layer<C> {
    Layer { chain: Arc::new(chain), prefixes: Prefixes::default(), buffer: DEFAULT_READ_AHEAD }
}

/// What [`layer`](crate::layer()) makes: a [`tower_layer::Layer`].
#[must_use = "it does nothing unless it is given to a server"]
pub struct Layer<C> {
    chain: Arc<C>,
    prefixes: Prefixes,
    buffer: usize,
}

impl<C> Layer<C> {
    /// Bounds what is taken in of a request while a start waits, in bytes. The default is 4 MiB, which is tonic's limit for a
    /// message: a layer does not know the limits of the services behind it.
    ///
    /// The rest stays in the window of the connection, where other calls would need it: see
    /// [mounts](crate::guide::mounts).
    ///
    /// ```
    /// use std::time::Duration;
    /// use vestibule_interceptors::InFlight;
    ///
    /// // The services behind it accept messages of 16 MiB.
    /// let places = InFlight::new(100).wait(Duration::from_secs(1));
    /// let layer = vestibule::layer((places,)).buffer(16 << 20);
    /// ```
    pub fn buffer(self, bytes: usize) -> Self {
        Self { buffer: bytes, ..self }
    }

    /// Says that a router further in nests services under `prefix`, as in `/api/pb.Greeter/SayHello`. It is called once
    /// for each prefix.
    ///
    /// Interceptors see the method without the prefix. So one that compares names, to demand something of a service or to
    /// exempt it, is right for each prefix as well. A call under a prefix that was not named runs the chain, and ends with
    /// UNIMPLEMENTED before it reaches the service.
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
        Self { chain: Arc::clone(&self.chain), prefixes: self.prefixes.clone(), buffer: self.buffer }
    }
}

impl<C> fmt::Debug for Layer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer").field("buffer", &self.buffer).finish_non_exhaustive()
    }
}

impl<C: Interceptors<LayerMethod>, S: GrpcService> tower_layer::Layer<S> for Layer<C> {
    type Service = Layered<S>;

    fn layer(&self, inner: S) -> Layered<S> {
        let (chain, prefixes) = (Arc::clone(&self.chain), self.prefixes.clone());
        Layered::new(inner, chain, prefixes, self.buffer)
    }
}

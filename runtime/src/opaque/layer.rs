use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;
use tower_service::Service;

use super::chain::{Chain, Leaf};
use super::passage::{Arrived, Passage, call_of};
use super::reply::{end, failure, response};
use super::service::GrpcService;
use super::{BoxError, Opaque};
use crate::chain::{LendingStack, Opening, Outlet};
use crate::intake::{Bound, DEFAULT_BOUND, PREFIX};
use crate::mount::{Upload, refusal};
use crate::{Call, MethodInfo};

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
/// use vestibule::interceptors::{InFlight, Recover};
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
/// `Server::layer` takes it as it is; around one service, see [`Layered`](crate::opaque::Layered).
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
pub fn layer<C: Chain<Opaque>>(chain: C) -> Layer<C> {
    Layer { chain: Arc::new(chain), prefixes: Arc::default(), buffer: DEFAULT_BOUND }
}

/// What [`layer`](crate::layer()) makes: a [`tower_layer::Layer`].
#[must_use = "it does nothing unless it is given to a server"]
pub struct Layer<C> {
    chain: Arc<C>,
    prefixes: Prefixes,
    buffer: usize,
}

/// The prefixes under which a router has services, each with a slash before it and none behind.
type Prefixes = Arc<Vec<Box<str>>>;

impl<C> Layer<C> {
    /// Bounds what is taken in of a request while a start waits, in bytes. The default is 4 MiB, which is tonic's limit for a
    /// message: a layer does not know the limits of the services behind it.
    ///
    /// The rest stays in the window of the connection, where other calls would need it: see
    /// [mounts](crate::guide::mounts).
    ///
    /// ```
    /// use std::time::Duration;
    /// use vestibule::interceptors::InFlight;
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
        let prefix = format!("/{}", prefix.trim_matches('/'));
        Arc::make_mut(&mut self.prefixes).push(prefix.into());
        self
    }
}

/// The method that is called, whose path may have one of the prefixes.
fn method_of(path: &str, prefixes: &[Box<str>]) -> Option<MethodInfo> {
    let method = MethodInfo::called(path)?;
    if !method.is_nested() {
        return Some(method);
    }
    let nested = prefixes.iter().filter_map(|prefix| MethodInfo::called(path.strip_prefix(&**prefix)?));
    Some(nested.into_iter().find(|nested| !nested.is_nested()).unwrap_or(method))
}

impl<C> Clone for Layer<C> {
    fn clone(&self) -> Self {
        Self { chain: Arc::clone(&self.chain), prefixes: Arc::clone(&self.prefixes), buffer: self.buffer }
    }
}

impl<C> fmt::Debug for Layer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer").field("buffer", &self.buffer).finish_non_exhaustive()
    }
}

impl<C: Chain<Opaque>, S: GrpcService> tower_layer::Layer<S> for Layer<C> {
    type Service = Layered<S>;

    fn layer(&self, inner: S) -> Layered<S> {
        let (chain, prefixes) = (Arc::clone(&self.chain), Arc::clone(&self.prefixes));
        Layered { inner, chain, prefixes, buffer: self.buffer }
    }
}

/// A service with a chain in front of it: see [`layer`](crate::layer()).
///
/// It has the name of the service, and so takes its place in a server.
///
/// ```
/// use tonic::transport::Server;
/// use tower_layer::Layer; // or `tower::Layer`
/// use vestibule::interceptors::InFlight;
/// use vestibule::opaque::Layered;
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::{Status, interceptor};
/// # struct Calculator;
/// # #[interceptor]
/// # impl Calculatrice for Calculator {
/// #     async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
/// # }
///
/// let one_of_many: Layered<CalculatriceServer<Calculator>> =
///     vestibule::layer((InFlight::new(10),)).layer(CalculatriceServer::new(Calculator));
/// let router = Server::builder().add_service(one_of_many);
/// ```
pub struct Layered<S> {
    inner: S,
    chain: Arc<dyn Answer<S>>,
    prefixes: Prefixes,
    buffer: usize,
}

/// A chain of any type.
trait Answer<S>: Send + Sync {
    fn answer(
        self: Arc<Self>,
        service: S,
        method: MethodInfo,
        request: http::Request<Body>,
        buffer: usize,
    ) -> Opening<Bytes>;
}

impl<C: Chain<Opaque>, S: GrpcService> Answer<S> for C {
    fn answer(
        self: Arc<Self>,
        service: S,
        method: MethodInfo,
        mut request: http::Request<Body>,
        buffer: usize,
    ) -> Opening<Bytes> {
        let outlet = Outlet::new();
        let sender = outlet.clone();
        outlet.drive(async move {
            let mut call = call_of(method, &request);
            let bytes = buffer.saturating_add(PREFIX);
            let bound = Bound { bytes, is_single: false, message: usize::MAX };
            call.set_body(std::mem::take(request.body_mut()), bound);
            let upload = Upload::default();
            call.set_upload(Some(upload.clone()));
            let arrived = Arrived { request, upload: Some(upload), outlet: sender };
            let result = self.run(&call, ToService { service, arrived }).await;
            end::<Opaque>(&call, result)
        })
    }
}

/// The innermost part of a chain.
struct ToService<S> {
    service: S,
    arrived: Arrived,
}

impl<S: GrpcService> Leaf<Opaque> for ToService<S> {
    async fn run(self, call: &Call, hooks: &mut impl LendingStack<Opaque>) -> Result<(), Status> {
        let Self { mut service, mut arrived } = self;
        if call.method().is_nested() {
            return Err(Status::unimplemented("the path is not that of a method"));
        }
        call.check_time()?;
        *arrived.request.body_mut() = call.take_body();
        let (passage, request) = Passage::begin(call, arrived, hooks);
        let response = passage.answer(service.call(request)).await?;
        passage.reply(call, response).await
    }
}

impl<S, B> Service<http::Request<B>> for Layered<S>
where
    S: Service<http::Request<Body>> + Clone,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = http::Response<Body>;
    type Error = S::Error;
    type Future = LayeredFuture<S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        if let Some(refusal) = refusal(&request) {
            return LayeredFuture::refused(refusal);
        }
        let Some(method) = method_of(request.uri().path(), &self.prefixes) else {
            let refusal = Status::unimplemented("the path is not that of a method").into_http();
            return LayeredFuture::refused(refusal);
        };
        // The service that is ready is this one; a clone of it may not be.
        let next = self.inner.clone();
        let service = std::mem::replace(&mut self.inner, next);
        let opening = Arc::clone(&self.chain).answer(service, method, request.map(Body::new), self.buffer);
        LayeredFuture { answer: Answering::Chain(opening), error: std::marker::PhantomData }
    }
}

impl<S: NamedService> NamedService for Layered<S> {
    const NAME: &'static str = S::NAME;
}

impl<S: Clone> Clone for Layered<S> {
    fn clone(&self) -> Self {
        let (chain, prefixes) = (Arc::clone(&self.chain), Arc::clone(&self.prefixes));
        Self { inner: self.inner.clone(), chain, prefixes, buffer: self.buffer }
    }
}

impl<S: fmt::Debug> fmt::Debug for Layered<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layered").field("inner", &self.inner).finish_non_exhaustive()
    }
}

/// The answer of a [`Layered`] service on its way. It does not fail: an error is a status.
#[derive(Debug)]
pub struct LayeredFuture<E> {
    answer: Answering,
    error: std::marker::PhantomData<fn() -> E>,
}

#[derive(Debug)]
enum Answering {
    Chain(Opening<Bytes>),
    Refused(Option<http::Response<Body>>),
}

impl<E> LayeredFuture<E> {
    fn refused(refusal: http::Response<Body>) -> Self {
        Self { answer: Answering::Refused(Some(refusal)), error: std::marker::PhantomData }
    }
}

impl<E> Future for LayeredFuture<E> {
    type Output = Result<http::Response<Body>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.answer {
            Answering::Refused(refusal) => {
                refusal.take().map_or(Poll::Pending, |refusal| Poll::Ready(Ok(refusal)))
            }
            Answering::Chain(opening) => Poll::Ready(Ok(match ready!(Pin::new(opening).poll(cx)) {
                Ok(reply) => response::<Opaque>(reply),
                Err(status) => failure(status),
            })),
        }
    }
}

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;
use tower_service::Service;

use super::layer_method::LayerMethod;
use super::prefixes::Prefixes;
use super::protocol::refusal;
use crate::call::{PREFIX, ReadAheadLimit, Upload};
use crate::chain::{HeadersFuture, ResponseSender, SharedHookStack};
use crate::proxy::{
    GrpcService, Innermost, Interceptors, ProxiedCall, ProxiedRequest, call_of_request, end_call,
    failure_response, response,
};
use crate::status::BoxError;
use crate::{Call, MethodInfo};

/// A service with a chain in front of it: see [`layer`](crate::layer()).
///
/// It has the name of the service, and so takes its place in a server.
///
/// ```
/// use tonic::transport::Server;
/// use tower_layer::Layer; // or `tower::Layer`
/// use vestibule_interceptors::InFlight;
/// use vestibule::server::Layered;
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
    chain: Arc<dyn LayerChain<S>>,
    prefixes: Prefixes,
    buffer: usize,
}

impl<S> Layered<S> {
    pub(super) fn new(
        inner: S,
        chain: Arc<impl Interceptors<LayerMethod>>,
        prefixes: Prefixes,
        buffer: usize,
    ) -> Self
    where
        S: GrpcService,
    {
        Self { inner, chain, prefixes, buffer }
    }
}

/// A chain of any type.
trait LayerChain<S>: Send + Sync {
    fn answer(
        self: Arc<Self>,
        service: S,
        method: MethodInfo,
        request: http::Request<Body>,
        buffer: usize,
    ) -> HeadersFuture<Bytes>;
}

impl<C: Interceptors<LayerMethod>, S: GrpcService> LayerChain<S> for C {
    fn answer(
        self: Arc<Self>,
        service: S,
        method: MethodInfo,
        mut request: http::Request<Body>,
        buffer: usize,
    ) -> HeadersFuture<Bytes> {
        let outlet = ResponseSender::new();
        let sender = outlet.clone();
        outlet.start(async move {
            let mut call = call_of_request(method, &request);
            let bytes = buffer.saturating_add(PREFIX);
            let bound = ReadAheadLimit { bytes, is_single: false, message: usize::MAX };
            call.set_body(std::mem::take(request.body_mut()), bound);
            let upload = Upload::default();
            call.set_upload(Some(upload.clone()));
            let request_ = ProxiedRequest { request, upload: Some(upload), outlet: sender };
            let result = self.run(&call, ToService { service, request_ }).await;
            end_call::<LayerMethod>(&call, result)
        })
    }
}

/// The innermost part of a chain.
struct ToService<S> {
    service: S,
    request_: ProxiedRequest,
}

impl<S: GrpcService> Innermost<LayerMethod> for ToService<S> {
    async fn run(self, call: &Call, hooks: &mut impl SharedHookStack<LayerMethod>) -> Result<(), Status> {
        let Self { mut service, mut request_ } = self;
        if call.method().is_nested() {
            return Err(Status::unimplemented("the path is not that of a method"));
        }
        call.check_deadline()?;
        *request_.request.body_mut() = call.take_body();
        let (proxied, request) = ProxiedCall::begin(call, request_, hooks);
        let response = proxied.answer(service.call(request)).await?;
        proxied.reply(call, response).await
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
    type Future = ResponseFuture<S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        if let Some(refusal) = refusal(&request) {
            return ResponseFuture::refused(refusal);
        }
        let Some(method) = self.prefixes.method_of(request.uri().path()) else {
            let refusal = Status::unimplemented("the path is not that of a method").into_http();
            return ResponseFuture::refused(refusal);
        };
        // The service that is ready is this one; a clone of it may not be.
        let next = self.inner.clone();
        let service = std::mem::replace(&mut self.inner, next);
        let opening = Arc::clone(&self.chain).answer(service, method, request.map(Body::new), self.buffer);
        ResponseFuture { answer: Answering::Interceptors(opening), error: std::marker::PhantomData }
    }
}

impl<S: NamedService> NamedService for Layered<S> {
    const NAME: &'static str = S::NAME;
}

impl<S: Clone> Clone for Layered<S> {
    fn clone(&self) -> Self {
        let (chain, prefixes) = (Arc::clone(&self.chain), self.prefixes.clone());
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
pub struct ResponseFuture<E> {
    answer: Answering,
    error: std::marker::PhantomData<fn() -> E>,
}

#[derive(Debug)]
enum Answering {
    Interceptors(HeadersFuture<Bytes>),
    Refused(Option<http::Response<Body>>),
}

impl<E> ResponseFuture<E> {
    fn refused(refusal: http::Response<Body>) -> Self {
        Self { answer: Answering::Refused(Some(refusal)), error: std::marker::PhantomData }
    }
}

impl<E> Future for ResponseFuture<E> {
    type Output = Result<http::Response<Body>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.answer {
            Answering::Refused(refusal) => {
                refusal.take().map_or(Poll::Pending, |refusal| Poll::Ready(Ok(refusal)))
            }
            Answering::Interceptors(opening) => Poll::Ready(Ok(match ready!(Pin::new(opening).poll(cx)) {
                Ok(reply) => response::<LayerMethod>(reply),
                Err(status) => failure_response(status),
            })),
        }
    }
}

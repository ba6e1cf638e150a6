use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::request::Parts;
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;
use tower_service::Service;

use super::layer_method::LayerMethod;
use super::prefixes::Prefixes;
use super::protocol::refusal;
use crate::call::{PREFIX, ReadAheadLimit, Upload};
use crate::chain::{ResponseSender, SharedHookStack};
use crate::proxy::{
    GrpcService, Innermost, Interceptors, ProxiedCall, ProxiedParts, ProxiedResponse, ResponseRest,
    failure_response,
};
use crate::status::BoxError;
use crate::{Call, MethodInfo};

/// A service with interceptors in front of it: see [`layer`](crate::layer()).
///
/// It has the name of the service, so a router accepts it in the service's place.
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
/// let calculator: Layered<CalculatriceServer<Calculator>> =
///     vestibule::layer((InFlight::new(10),)).layer(CalculatriceServer::new(Calculator));
/// let router = Server::builder().add_service(calculator);
/// ```
pub struct Layered<S> {
    inner: S,
    chain: Arc<dyn LayerChain<S>>,
    prefixes: Prefixes,
    read_ahead: usize,
}

impl<S> Layered<S> {
    pub(super) fn new(
        inner: S,
        chain: Arc<impl Interceptors<LayerMethod>>,
        prefixes: Prefixes,
        read_ahead: usize,
    ) -> Self
    where
        S: GrpcService,
    {
        Self { inner, chain, prefixes, read_ahead }
    }
}

/// A chain of any type in front of `S`.
trait LayerChain<S>: Send + Sync {
    fn respond(
        self: Arc<Self>,
        service: S,
        method: MethodInfo,
        head: Parts,
        body: Body,
        read_ahead: usize,
    ) -> ProxiedResponse;
}

impl<C: Interceptors<LayerMethod>, S: GrpcService> LayerChain<S> for C {
    fn respond(
        self: Arc<Self>,
        mut service: S,
        method: MethodInfo,
        head: Parts,
        body: Body,
        read_ahead: usize,
    ) -> ProxiedResponse {
        let mut call = Call::forwarded(method, head);
        let bytes = read_ahead.saturating_add(PREFIX);
        let limit = ReadAheadLimit { bytes, is_single: false, message: usize::MAX };
        call.set_body(body, limit);
        let has_hooks = C::has_hooks();
        // Only `on_finish` asks if the client has aborted its upload.
        let upload = has_hooks.then(Upload::default);
        call.set_upload(upload.clone());
        let sender = ResponseSender::new();
        let mut parts = ProxiedParts {
            has_hooks,
            acts_at_end: C::acts_at_end(),
            upload,
            response_sender: sender.clone(),
            rest: ResponseRest::None,
        };
        ProxiedResponse::new::<LayerMethod, _>(sender, async move {
            let innermost = CallService { service: &mut service, parts: &mut parts };
            let result = self.run(&call, innermost).await;
            parts.rest.end_chain::<LayerMethod>(call, result)
        })
    }
}

/// The innermost part of the chain, which calls the service behind the layer.
struct CallService<'a, S: GrpcService> {
    service: &'a mut S,
    parts: &'a mut ProxiedParts<S::ResponseBody>,
}

impl<S: GrpcService> Innermost<LayerMethod> for CallService<'_, S> {
    async fn run(self, call: &Call, hooks: &mut impl SharedHookStack<LayerMethod>) -> Result<(), Status> {
        let Self { service, parts } = self;
        if call.method().is_nested() {
            return Err(Status::unimplemented("the path is not that of a method"));
        }
        call.check_deadline()?;
        let (mut proxied_call, request) = ProxiedCall::start(call, call.take_body(), parts, hooks);
        proxied_call.forward(call, service.call(request)).await
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
        // `poll_ready` was called on this service. A clone may not be ready, so the clone stays behind.
        let clone = self.inner.clone();
        let service = std::mem::replace(&mut self.inner, clone);
        let (head, body) = request.into_parts();
        let response =
            Arc::clone(&self.chain).respond(service, method, head, Body::new(body), self.read_ahead);
        ResponseFuture { state: ResponseState::Running(response), error: std::marker::PhantomData }
    }
}

impl<S: NamedService> NamedService for Layered<S> {
    const NAME: &'static str = S::NAME;
}

impl<S: Clone> Clone for Layered<S> {
    fn clone(&self) -> Self {
        let (chain, prefixes) = (Arc::clone(&self.chain), self.prefixes.clone());
        Self { inner: self.inner.clone(), chain, prefixes, read_ahead: self.read_ahead }
    }
}

impl<S: fmt::Debug> fmt::Debug for Layered<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layered").field("inner", &self.inner).finish_non_exhaustive()
    }
}

/// The future of a [`Layered`] service's response. It never returns an error: a failure is a response with a status.
///
/// It has no example, because the server awaits it.
#[derive(Debug)]
pub struct ResponseFuture<E> {
    state: ResponseState,
    error: std::marker::PhantomData<fn() -> E>,
}

#[derive(Debug)]
enum ResponseState {
    Running(ProxiedResponse),
    Refused(Option<http::Response<Body>>),
}

impl<E> ResponseFuture<E> {
    fn refused(refusal: http::Response<Body>) -> Self {
        Self { state: ResponseState::Refused(Some(refusal)), error: std::marker::PhantomData }
    }
}

impl<E> Future for ResponseFuture<E> {
    type Output = Result<http::Response<Body>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.state {
            ResponseState::Refused(refusal) => {
                refusal.take().map_or(Poll::Pending, |refusal| Poll::Ready(Ok(refusal)))
            }
            ResponseState::Running(response) => {
                let response = ready!(Pin::new(response).poll(cx));
                Poll::Ready(Ok(response.unwrap_or_else(failure_response)))
            }
        }
    }
}

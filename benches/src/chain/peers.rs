//! Interceptors of other crates that do nothing, each as its crate recommends to write it.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use proto::probe::probe_server::ProbeServer;
use tonic::body::Body;
use tonic::service::interceptor::InterceptedService;
use tonic::{Request, Status};
use tonic_async_interceptor::AsyncInterceptedService;
use tonic_middleware::{Middleware, MiddlewareFor, ServiceBound};
use tower_http::trace::TraceLayer;
use tower_layer::Layer;
use tower_service::Service;

use crate::bare::Bare;
use crate::call::call_service;
use crate::case::Case;

/// Wraps an expression once for each token.
macro_rules! nested {
    ($wrap:path, $inner:expr;) => { $inner };
    ($wrap:path, $inner:expr; $head:tt $($tail:tt)*) => { nested!($wrap, $wrap($inner); $($tail)*) };
}

type Server = ProbeServer<Bare>;

fn server() -> Server {
    ProbeServer::new(Bare)
}

/// Wraps a service in an `Interceptor` of tonic.
fn intercepted<S>(
    inner: S,
) -> InterceptedService<S, impl FnMut(Request<()>) -> Result<Request<()>, Status> + Clone> {
    InterceptedService::new(inner, Ok)
}

/// Wraps a service in an interceptor of tonic-async-interceptor.
#[expect(clippy::type_complexity, reason = "the type has no shorter name")]
fn async_intercepted<S>(
    inner: S,
) -> AsyncInterceptedService<S, impl FnMut(Request<()>) -> Ready<Result<Request<()>, Status>> + Clone> {
    AsyncInterceptedService::new(inner, |request| ready(Ok(request)))
}

/// A `Middleware` of tonic-middleware.
#[derive(Clone)]
struct Nothing;

#[tonic::async_trait]
impl<S> Middleware<S> for Nothing
where
    S: ServiceBound,
    S::Future: Send,
{
    async fn call(
        &self,
        request: http::Request<Body>,
        mut service: S,
    ) -> Result<http::Response<Body>, S::Error> {
        service.call(request).await
    }
}

fn with_middleware<S>(inner: S) -> MiddlewareFor<S, Nothing>
where
    S: ServiceBound,
    S::Future: Send,
{
    MiddlewareFor::new(inner, Nothing)
}

/// A tower layer as users write it. It boxes its future, whose type has no name.
#[derive(Clone)]
struct ByHand<S>(S);

impl<S> Service<http::Request<Body>> for ByHand<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let next = self.0.clone();
        let mut inner = std::mem::replace(&mut self.0, next);
        Box::pin(async move { inner.call(request).await })
    }
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("chain", "tonic Interceptor", 1, || call_service(nested!(intercepted, server(); 1))),
        Case::new("chain", "tonic Interceptor", 5, || {
            call_service(nested!(intercepted, server(); 1 2 3 4 5))
        }),
        Case::new("chain", "tonic Interceptor", 10, || {
            call_service(nested!(intercepted, server(); 1 2 3 4 5 6 7 8 9 10))
        }),
        Case::new("chain", "tonic-async-interceptor", 1, || {
            call_service(nested!(async_intercepted, server(); 1))
        }),
        Case::new("chain", "tonic-async-interceptor", 5, || {
            call_service(nested!(async_intercepted, server(); 1 2 3 4 5))
        }),
        Case::new("chain", "tonic-async-interceptor", 10, || {
            call_service(nested!(async_intercepted, server(); 1 2 3 4 5 6 7 8 9 10))
        }),
        Case::new("chain", "tonic-middleware", 1, || call_service(nested!(with_middleware, server(); 1))),
        Case::new("chain", "tonic-middleware", 5, || {
            call_service(nested!(with_middleware, server(); 1 2 3 4 5))
        }),
        Case::new("chain", "tonic-middleware", 10, || {
            call_service(nested!(with_middleware, server(); 1 2 3 4 5 6 7 8 9 10))
        }),
        Case::new("chain", "tower layer", 1, || call_service(nested!(ByHand, server(); 1))),
        Case::new("chain", "tower layer", 5, || call_service(nested!(ByHand, server(); 1 2 3 4 5))),
        Case::new("chain", "tower layer", 10, || {
            call_service(nested!(ByHand, server(); 1 2 3 4 5 6 7 8 9 10))
        }),
        Case::new("chain", "tower-http TraceLayer", 1, || {
            call_service(TraceLayer::new_for_grpc().layer(server()))
        }),
    ]
}

use std::any::TypeId;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use tonic::body::Body;
use tower_service::Service;

use crate::report::ServiceTable;
use crate::server::mount::Mount;
use crate::server::mount::fallback::{EitherFuture, is_method_of};
use crate::server::mount::serve::{HttpRequest, HttpResponseFuture, Serve, serve_grpc};

/// A mounted service.
pub struct Mounted {
    pub(super) name: &'static str,
    pub(super) lists: Vec<TypeId>,
    pub(super) table: fn() -> ServiceTable,
    pub(super) serve: Box<dyn Fn(HttpRequest) -> HttpResponseFuture + Send + Sync>,
}

impl Mounted {
    pub(super) fn new<S, N, C>(mount: Mount<S, N, C>) -> Self
    where
        S: Serve<N, C>,
        N: 'static,
        C: 'static,
    {
        let serve = Box::new(move |request| S::serve(&mount.service, &mount.settings, request));
        Self { name: S::NAME, lists: S::lists(), table: || S::TABLE, serve }
    }
}

impl fmt::Debug for Mounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mounted").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The services of a server.
#[derive(Clone)]
pub struct MountedServices<R> {
    mounted: Arc<[Mounted]>,
    fallback: R,
}

impl<R> MountedServices<R> {
    pub(super) fn new(mounted: Vec<Mounted>, fallback: R) -> Self {
        Self { mounted: mounted.into(), fallback }
    }
}

impl<R> fmt::Debug for MountedServices<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.mounted.iter()).finish()
    }
}

impl<R> Service<HttpRequest> for MountedServices<R>
where
    R: Service<HttpRequest, Response = http::Response<Body>, Error = Infallible>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = EitherFuture<R::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.fallback.poll_ready(cx)
    }

    fn call(&mut self, request: HttpRequest) -> Self::Future {
        let path = request.uri().path();
        let Some(mounted) = self.mounted.iter().find(|mounted| is_method_of(mounted.name, path)) else {
            return EitherFuture::Fallback { future: self.fallback.call(request) };
        };
        EitherFuture::Mount { future: serve_grpc(request, &mounted.serve) }
    }
}

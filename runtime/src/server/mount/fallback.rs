//! A mount in front of tonic's router.
//!
//! tonic's router is axum's. It puts the body of each request and the body of each response into two more boxes, and each
//! frame passes them. A mount knows the paths of its service, so it can serve its calls without the router.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tonic::body::Body;
use tonic::server::NamedService;
use tower_service::Service;

use super::serve::{HttpRequest, HttpResponseFuture};

/// A mount, and the service of all calls that are not calls of the mounted service.
#[derive(Clone)]
pub(super) struct WithFallback<M, R> {
    mount: M,
    fallback: R,
}

impl<M, R> WithFallback<M, R> {
    pub(super) fn new(mount: M, fallback: R) -> Self {
        Self { mount, fallback }
    }
}

impl<M, R> Service<HttpRequest> for WithFallback<M, R>
where
    M: Service<HttpRequest, Response = http::Response<Body>, Error = Infallible, Future = HttpResponseFuture>
        + NamedService,
    R: Service<HttpRequest, Response = http::Response<Body>, Error = Infallible>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = EitherFuture<R::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        ready!(self.mount.poll_ready(cx))?;
        self.fallback.poll_ready(cx)
    }

    fn call(&mut self, request: HttpRequest) -> Self::Future {
        if is_method_of(M::NAME, request.uri().path()) {
            EitherFuture::Mount { future: self.mount.call(request) }
        } else {
            EitherFuture::Fallback { future: self.fallback.call(request) }
        }
    }
}

/// Returns true if `path` is the name of the service and the name of a method. The service need not have that method.
pub(super) fn is_method_of(service: &str, path: &str) -> bool {
    let method = path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(service))
        .and_then(|path| path.strip_prefix('/'));
    method.is_some_and(|method| !method.is_empty())
}

pin_project! {
    /// The response of the mount or of the other service.
    #[project = EitherProjection]
    pub enum EitherFuture<F> {
        /// The response of the mount.
        Mount { future: HttpResponseFuture },
        /// The response of the other service.
        Fallback { #[pin] future: F },
    }
}

impl<F> fmt::Debug for EitherFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EitherFuture").finish_non_exhaustive()
    }
}

impl<F> Future for EitherFuture<F>
where
    F: Future<Output = Result<http::Response<Body>, Infallible>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.project() {
            EitherProjection::Mount { future } => future.as_mut().poll(cx),
            EitherProjection::Fallback { future } => future.poll(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_method_of;

    #[test]
    fn a_path_belongs_to_the_service_of_that_name_alone() {
        assert!(is_method_of("pb.Greeter", "/pb.Greeter/SayHello"));
        for path in [
            "/pb.Greeter",
            "/pb.Greeter/",
            "/pb.Greeters/SayHello",
            "/x/pb.Greeter/SayHello",
            "pb.Greeter/SayHello",
            "*",
            "",
        ] {
            assert!(!is_method_of("pb.Greeter", path), "{path}");
        }
    }
}

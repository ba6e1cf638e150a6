//! Five tower layers that do nothing, as users write them: each boxes its future, whose type has no name.

use std::convert::Infallible;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use proto::probe::probe_server::ProbeServer;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::server::NamedService;
use tower_service::Service;

use super::bare::Bare;
use super::serve_routed;

pub(super) async fn serve(listener: TcpListener) {
    let service = ProbeServer::new(Bare);
    serve_routed(Nothing(Nothing(Nothing(Nothing(Nothing(service))))), listener).await;
}

#[derive(Clone)]
struct Nothing<S>(S);

impl<S> Service<http::Request<Body>> for Nothing<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let next = self.0.clone();
        let mut inner = mem::replace(&mut self.0, next);
        Box::pin(async move { inner.call(request).await })
    }
}

impl<S: NamedService> NamedService for Nothing<S> {
    const NAME: &'static str = S::NAME;
}

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tonic::body::Body;
use tower_service::Service;

use super::settings::MountSettings;
use crate::MethodInfo;

/// The answer to a request over HTTP/2.
pub type HttpResponseFuture = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

/// A request, as tonic's servers take it.
pub type HttpRequest = http::Request<Body>;

/// A service that can be mounted. `#[interceptor]` on the impl of tonic's trait implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be mounted",
    label = "not annotated with `#[interceptor]`, or not for this generated server",
    note = "put `#[interceptor]` above the impl of the service's trait, and mount the service itself, not its generated server; one in an `Arc` is mounted by `Mount::from_arc`; a service is named as in `Mount::<_, GreeterServer<_>>::new(service)`, and one with `#[rpc(service = \"...\")]` is served by tonic's own server alone"
)]
pub trait Serve<N, C>: Send + Sync + Sized + 'static {
    /// The service's name, with its package.
    const NAME: &'static str;

    /// The rpcs as they are guessed from the methods, and the names of those.
    const METHODS: &'static [(&'static MethodInfo, &'static str)];

    /// tonic's generated server.
    type Tonic: Service<HttpRequest, Response = http::Response<Body>, Error = Infallible, Future = HttpResponseFuture>;

    /// A server with these settings.
    fn tonic(service: &Arc<Self>, settings: &MountSettings) -> Self::Tonic;

    /// What it is mounted as: a `Mount<Self, N, C>`.
    type Mount;

    /// Mounts the service.
    fn mount(service: Arc<Self>) -> Self::Mount;

    /// Answers a request.
    fn serve(service: &Arc<Self>, settings: &MountSettings, request: HttpRequest) -> HttpResponseFuture;
}

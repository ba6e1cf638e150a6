use std::any::TypeId;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tonic::body::Body;
use tower_service::Service;

use super::settings::MountSettings;
use crate::MethodInfo;
use crate::report::ServiceTable;
use crate::server::protocol::refusal;

/// The future of a response over HTTP/2.
pub type HttpResponseFuture = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

/// A request over HTTP/2, as tonic's servers accept it.
pub type HttpRequest = http::Request<Body>;

/// A service that can be mounted. `#[interceptor]` on the impl of the service's trait implements this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be mounted",
    label = "not annotated with `#[interceptor]`, or not for this generated server",
    note = "mount the service itself, as in `Mount::new(service)`, instead of its generated server",
    note = "put `#[interceptor]` above the impl of the service's trait",
    note = "for a service in an `Arc`, write `Mount::from_arc(service)`",
    note = "for a type that implements several services, name one, as in `Mount::<_, GreeterServer<_>>::new(service)`",
    note = "a service with `#[rpc(service = \"...\")]` can't be mounted; add its generated server to the router"
)]
pub trait Serve<N, C>: Send + Sync + Sized + 'static {
    /// The name of the service, with its package.
    const NAME: &'static str;

    /// The rpcs, by the names that the macro derives from the methods, and the names of the methods.
    const METHODS: &'static [(&'static MethodInfo, &'static str)];

    /// What the report of the service needs.
    const TABLE: ServiceTable = ServiceTable::EMPTY;

    /// Returns the types that stand for the named lists in front of all methods.
    fn lists() -> Vec<TypeId> {
        Vec::new()
    }

    /// The type of tonic's generated server.
    type Tonic: Service<HttpRequest, Response = http::Response<Body>, Error = Infallible, Future = HttpResponseFuture>;

    /// Creates the generated server with these settings.
    fn tonic(service: &Arc<Self>, settings: &MountSettings) -> Self::Tonic;

    /// The type of the mount: `Mount<Self, N, C>`.
    type Mount;

    /// Mounts the service.
    fn mount(service: Arc<Self>) -> Self::Mount;

    /// Responds to a request. The macro expands this to a `match` over the paths of the rpcs; each arm calls
    /// [`respond_once`](super::respond_once) or [`respond_with_stream`](super::respond_with_stream) with the chain
    /// of the method, and the last arm calls [`forward_to_tonic`](super::forward_to_tonic).
    fn serve(service: &Arc<Self>, settings: &MountSettings, request: HttpRequest) -> HttpResponseFuture;
}

/// Serves a request that is gRPC, and refuses any other.
pub(super) fn serve_grpc<B>(
    request: http::Request<B>,
    serve: impl FnOnce(http::Request<B>) -> HttpResponseFuture,
) -> HttpResponseFuture {
    match refusal(&request) {
        Some(refusal) => Box::pin(std::future::ready(Ok(refusal))),
        None => serve(request),
    }
}

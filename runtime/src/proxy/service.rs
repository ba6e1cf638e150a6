use bytes::Bytes;
use tonic::body::Body;
use tower_service::Service;

use crate::status::BoxError;

/// A tower service that accepts requests of tonic, so that a chain can stand in front of it.
///
/// Every such service implements this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not accept gRPC requests as a `Channel` does",
    label = "interceptors can't stand in front of this",
    note = "pass the channel first, and put the generated client around it: `GreeterClient::new(vestibule::client(channel, (access_log(),)))`"
)]
pub trait GrpcService:
    Service<
        http::Request<Body>,
        Response = http::Response<<Self as GrpcService>::ResponseBody>,
        Error: Into<BoxError> + Send,
        Future: Send,
    > + Send
    + 'static
{
    /// The body of the service's responses.
    type ResponseBody: http_body::Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + 'static;
}

// Without `do_not_recommend`, rustc would only say that the type is not a `tower::Service`.
#[diagnostic::do_not_recommend]
impl<S, B> GrpcService for S
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Future: Send> + Send + 'static,
    S::Error: Into<BoxError> + Send,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + 'static,
{
    type ResponseBody = B;
}

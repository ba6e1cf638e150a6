use bytes::Bytes;
use tonic::body::Body;
use tower_service::Service;

use crate::status::BoxError;

/// A service that a chain can stand in front of: it takes requests as tonic makes them.
///
/// Any such service is one; there is nothing to implement.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes no gRPC requests, as a `Channel` does",
    label = "a chain can't stand in front of this",
    note = "the channel comes first, and the generated client last: `GreeterClient::new(vestibule::client(channel, (access_log(),)))`"
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
    /// The body of its responses.
    type ResponseBody: http_body::Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + 'static;
}

// Else rustc says that it is no `tower::Service`, and that is all it says.
#[diagnostic::do_not_recommend]
impl<S, B> GrpcService for S
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Future: Send> + Send + 'static,
    S::Error: Into<BoxError> + Send,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + 'static,
{
    type ResponseBody = B;
}

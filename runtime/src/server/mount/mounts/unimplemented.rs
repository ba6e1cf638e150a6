use std::convert::Infallible;
use std::task::{Context, Poll};

use tonic::Status;
use tonic::body::Body;
use tower_service::Service;

use crate::server::mount::serve::HttpRequest;
use crate::server::protocol::refusal;

/// The service of calls that no mount serves.
#[derive(Clone, Copy, Debug)]
pub struct Unimplemented;

impl Service<HttpRequest> for Unimplemented {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest) -> Self::Future {
        let refusal = refusal(&request).unwrap_or_else(|| Status::unimplemented("").into_http());
        std::future::ready(Ok(refusal))
    }
}

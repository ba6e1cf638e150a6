//! Implements `Service` for the server of a service with mistakes, so that the compiler reports these mistakes alone.

use std::convert::Infallible;
use std::task::{Context, Poll};

use tonic::body::Body;
use tower_service::Service;

use super::serve::{HttpRequest, HttpResponseFuture};
use crate::chain::Placeholder;

impl<P> Service<HttpRequest> for Placeholder<P> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = HttpResponseFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        unreachable!("a placeholder always comes with a compile error")
    }

    fn call(&mut self, _request: HttpRequest) -> HttpResponseFuture {
        unreachable!("a placeholder always comes with a compile error")
    }
}

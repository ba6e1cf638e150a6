use std::convert::Infallible;
use std::marker::PhantomData;
use std::task::{Context, Poll};

use tonic::Status;
use tonic::body::Body;
use tower_service::Service;

use crate::mount::{Answer, HttpRequest};
use crate::{Call, Interceptor};

/// The interceptor that a function with mistakes returns, and the server of a service with mistakes, so that these
/// mistakes are all the user reads. It is in no program that compiles.
#[derive(Debug)]
pub struct StandIn<P>(PhantomData<fn() -> P>);

impl<P> StandIn<P> {
    /// Stands in for an interceptor that provides a `P`.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<P: Send + Sync> Interceptor for StandIn<P> {
    type Provides = P;
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<(P, ()), Status> {
        unreachable!("it comes with a compile error")
    }
}

impl<P> Service<HttpRequest> for StandIn<P> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        unreachable!("it comes with a compile error")
    }

    fn call(&mut self, _request: HttpRequest) -> Answer {
        unreachable!("it comes with a compile error")
    }
}

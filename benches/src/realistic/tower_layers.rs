//! The five as tower layers: four of them, and the fifth validates the message in the method, because layers do not see
//! messages.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::Semaphore;
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::server::NamedService;
use tonic::{Code, Request, Response, Status};
use tower_service::Service;

use super::work::{Caller, bearer, has_role, is_valid, log, slot, slots, verify};

#[derive(Clone)]
pub(super) struct Validating;

#[tonic::async_trait]
impl Probe for Validating {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        is_valid(&request.get_ref().text)?;
        Ok(Response::new(Pong { text: request.into_inner().text }))
    }

    async fn get_url(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        self.echo(request).await
    }
}

type ResponseFuture = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

/// A layer. `$before` runs before the call: it returns an error, or a state that lives until the response has headers.
/// `$after` runs then.
macro_rules! tower_layer {
    ($name:ident($($field:ty)?), |$self:ident, $request:ident| $before:expr, |$state:ident, $response:ident| $after:expr) => {
        #[derive(Clone)]
        pub(super) struct $name<S>(S, $($field)?);

        impl<S> Service<http::Request<Body>> for $name<S>
        where
            S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
            S: Clone + Send + 'static,
            S::Future: Send,
        {
            type Response = http::Response<Body>;
            type Error = Infallible;
            type Future = ResponseFuture;

            fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
                self.0.poll_ready(cx)
            }

            fn call(&mut $self, mut request: http::Request<Body>) -> ResponseFuture {
                let next = $self.0.clone();
                let mut inner = std::mem::replace(&mut $self.0, next);
                let $request = &mut request;
                #[allow(clippy::redundant_closure_call, reason = "a `?` in `$before` returns from the closure")]
                let before: Result<_, Status> = (|| $before)();
                Box::pin(async move {
                    let $state = match before {
                        Ok(state) => state,
                        Err(status) => return Ok(status.into_http()),
                    };
                    let $response = inner.call(request).await?;
                    let () = $after;
                    Ok($response)
                })
            }
        }

        impl<S: NamedService> NamedService for $name<S> {
            const NAME: &'static str = S::NAME;
        }
    };
}

tower_layer!(Log(), |self, request| Ok((Instant::now(), request.uri().clone())), |state, response| {
    // The status of a stream is in its trailers, which this layer does not read.
    let code =
        response.headers().get("grpc-status").map_or(Code::Ok, |code| Code::from_bytes(code.as_bytes()));
    log(state.1.path(), code, state.0);
});

tower_layer!(
    Authenticate(),
    |self, request| {
        let metadata = MetadataMap::from_headers(std::mem::take(request.headers_mut()));
        let caller = bearer(&metadata).and_then(verify);
        *request.headers_mut() = metadata.into_headers();
        request.extensions_mut().insert(Arc::new(caller?));
        Ok(())
    },
    |_state, response| ()
);

tower_layer!(
    RequireRole(u8),
    |self, request| {
        let caller = request.extensions().get::<Arc<Caller>>();
        has_role(caller.ok_or_else(|| Status::internal("the layers are in the wrong order"))?, self.1)
    },
    |_state, response| ()
);

tower_layer!(InFlight(Arc<Semaphore>), |self, _request| slot(&self.1), |_state, response| ());

/// The layers around a service.
pub(super) type Layered = Log<Authenticate<RequireRole<InFlight<ProbeServer<Validating>>>>>;

pub(super) fn layered() -> Layered {
    Log(Authenticate(RequireRole(InFlight(ProbeServer::new(Validating), slots()), 1)))
}

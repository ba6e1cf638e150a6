//! Five that a real service has: log, authenticate, role, in flight, validate. What each does is the same
//! function for all; what differs is how it gets there.

use std::convert::Infallible;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::server::NamedService;
use tonic::transport::Server;
use tonic::transport::server::Router;
use tonic::{Code, Request, Response, Status};
use tower_service::Service;
use vestibule::metadata::Bearer;
use vestibule::{Call, Hooks, Interceptor, Method, Mount, Rest, interceptor};

use crate::call::{handled, served};
use crate::case::Case;
use crate::chain::Bare;

// ===== What is done =====

fn log(path: &str, code: Code, started: Instant) {
    black_box((path, code, started.elapsed()));
}

struct Caller {
    role: u8,
}

fn verify(token: &str) -> Result<Caller, Status> {
    match black_box(token) {
        "s3cret" => Ok(Caller { role: 2 }),
        _ => Err(Status::unauthenticated("invalid token")),
    }
}

fn has_role(caller: &Caller, role: u8) -> Result<(), Status> {
    if caller.role >= role { Ok(()) } else { Err(Status::permission_denied("not for you")) }
}

fn slot(slots: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Status> {
    Arc::clone(slots).try_acquire_owned().map_err(|_| Status::unavailable("too many calls in flight"))
}

fn is_valid(text: &str) -> Result<(), Status> {
    if text.is_empty() { Err(Status::invalid_argument("text is empty")) } else { Ok(()) }
}

// ===== Ours =====

#[interceptor]
async fn access_log(call: &Call, rest: impl Rest) -> Result<(), Status> {
    let started = Instant::now();
    let result = rest.await;
    log(call.method().path(), result.as_ref().err().map_or(Code::Ok, Status::code), started);
    result
}

#[interceptor]
async fn authenticate(#[metadata("authorization")] token: Bearer<'_>) -> Result<Caller, Status> {
    verify(token.token())
}

#[interceptor]
async fn require_role(caller: &Caller, role: u8) -> Result<(), Status> {
    has_role(caller, role)
}

#[interceptor]
async fn in_flight(slots: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Status> {
    slot(slots)
}

trait Validate {
    fn validate(&self) -> Result<(), Status>;
}

impl Validate for Ping {
    fn validate(&self) -> Result<(), Status> {
        is_valid(&self.text)
    }
}

#[derive(Clone, Copy)]
struct Validated;

impl Interceptor for Validated {
    type Provides = ();
    type Hooks = Self;

    async fn start(&self, _call: &Call) -> Result<((), Self), Status> {
        Ok(((), *self))
    }
}

impl<M: Method<Request: Validate>> Hooks<M> for Validated {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        message.validate()
    }
}

#[derive(Clone)]
struct Annotated(Arc<Semaphore>);

#[interceptor(
    access_log(),
    caller = authenticate(),
    require_role(caller, 1),
    _slot = in_flight(&self.0),
    Validated
)]
impl Probe for Annotated {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

// ===== By hand, in the method =====

#[derive(Clone)]
struct Inlined(Arc<Semaphore>);

fn bearer(metadata: &MetadataMap) -> Result<&str, Status> {
    let mut values = metadata.get_all("authorization").iter();
    let missing = || Status::unauthenticated("metadata `authorization` is missing");
    let value = values.next().ok_or_else(missing)?;
    let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
    match (token, values.next()) {
        (Some(token), None) => Ok(token),
        _ => Err(Status::unauthenticated("metadata `authorization` is malformed")),
    }
}

impl Inlined {
    fn reply(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        let caller = verify(bearer(request.metadata())?)?;
        has_role(&caller, 1)?;
        let _slot = slot(&self.0)?;
        is_valid(&request.get_ref().text)?;
        Ok(Response::new(Pong { text: request.into_inner().text }))
    }
}

#[tonic::async_trait]
impl Probe for Inlined {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        let started = Instant::now();
        let result = self.reply(request);
        log("/probe.Probe/Echo", result.as_ref().err().map_or(Code::Ok, Status::code), started);
        result
    }

    async fn get_url(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        self.echo(request).await
    }
}

// ===== As tower layers: four of them, and the message is validated in the method =====

#[derive(Clone)]
struct Validating;

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

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

/// A layer: `$before` may answer itself, and what it returns is kept until the reply has headers.
macro_rules! tower_layer {
    ($name:ident($($state:ty)?), |$self:ident, $request:ident| $before:expr, |$kept:ident, $response:ident| $after:expr) => {
        #[derive(Clone)]
        struct $name<S>(S, $($state)?);

        impl<S> Service<http::Request<Body>> for $name<S>
        where
            S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
            S: Clone + Send + 'static,
            S::Future: Send,
        {
            type Response = http::Response<Body>;
            type Error = Infallible;
            type Future = Answer;

            fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
                self.0.poll_ready(cx)
            }

            fn call(&mut $self, mut request: http::Request<Body>) -> Answer {
                let next = $self.0.clone();
                let mut inner = std::mem::replace(&mut $self.0, next);
                let $request = &mut request;
                #[allow(clippy::redundant_closure_call, reason = "a `?` in it returns from it")]
                let before: Result<_, Status> = (|| $before)();
                Box::pin(async move {
                    let $kept = match before {
                        Ok(kept) => kept,
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

tower_layer!(Log(), |self, request| Ok((Instant::now(), request.uri().clone())), |kept, response| {
    // What a stream ends with is in its trailers: this does not look there.
    let code =
        response.headers().get("grpc-status").map_or(Code::Ok, |code| Code::from_bytes(code.as_bytes()));
    log(kept.1.path(), code, kept.0);
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
    |_kept, response| ()
);

tower_layer!(
    RequireRole(u8),
    |self, request| {
        let caller = request.extensions().get::<Arc<Caller>>();
        has_role(caller.ok_or_else(|| Status::internal("the layers are in the wrong order"))?, self.1)
    },
    |_kept, response| ()
);

tower_layer!(InFlight(Arc<Semaphore>), |self, _request| slot(&self.1), |_kept, response| ());

/// Those that serve over TCP.
pub(crate) const WHO: [&str; 5] = ["tonic alone", "in the method", "vestibule", "Mount", "tower layers"];

/// A server of one of them.
pub(crate) fn router(who: &str) -> Router {
    let mut server = Server::builder();
    match who {
        "tonic alone" => server.add_service(ProbeServer::new(Bare)),
        "in the method" => server.add_service(ProbeServer::new(Inlined(slots()))),
        "vestibule" => server.add_service(ProbeServer::new(Annotated(slots()))),
        "Mount" => server.add_service(Mount::new(Annotated(slots()))),
        "tower layers" => server.add_service(tower_layers()),
        _ => panic!("there is no {who}"),
    }
}

fn tower_layers() -> Log<Authenticate<RequireRole<InFlight<ProbeServer<Validating>>>>> {
    Log(Authenticate(RequireRole(InFlight(ProbeServer::new(Validating), slots()), 1)))
}

fn slots() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(1000))
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("method, realistic", "tonic alone", 0, || handled(|request| Bare.echo(request))),
        Case::new("method, realistic", "in the method", 5, || {
            let service = Inlined(slots());
            handled(move |request| {
                let service = service.clone();
                async move { service.echo(request).await }
            })
        }),
        Case::new("method, realistic", "vestibule", 5, || {
            let service = Annotated(slots());
            handled(move |request| {
                let service = service.clone();
                async move { service.echo(request).await }
            })
        }),
        Case::new("realistic", "tonic alone", 0, || served(ProbeServer::new(Bare))),
        Case::new("realistic", "in the method", 5, || served(ProbeServer::new(Inlined(slots())))),
        Case::new("realistic", "vestibule", 5, || served(ProbeServer::new(Annotated(slots())))),
        Case::new("realistic", "Mount", 5, || served(Mount::new(Annotated(slots())))),
        Case::new("realistic", "tower layers", 5, || served(tower_layers())),
    ]
}

mod attempts;
mod failed;
mod whole;

pub(super) use failed::failed;

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Uri;
use http::uri::Scheme;
use tonic::Status;
use tonic::body::Body;
use tower_service::Service;

use super::Outgoing;
use super::chain::{Chain, Leaf};
use super::deadline::strictly_within;
use super::message::Side;
use super::passage::{Arrived, Passage, call_of};
use super::reply::{end, response};
use super::service::GrpcService;
use crate::chain::{LendingStack, Opening, Outlet};
use crate::mount::within;
use crate::{Call, Hooks, MethodInfo};

/// Puts a chain in front of what a generated client calls: a `Channel`, or any other service that takes
/// requests of tonic's clients.
///
/// `chain` is a tuple of interceptors, outermost first, the same as on servers. They see the call as it goes
/// out: starts run before the request is sent, and may [add to it](crate::Call::outgoing_metadata); hooks see
/// requests as they leave and replies as they arrive.
///
/// ```
/// use std::time::Duration;
///
/// use proto::hello::greeter_client::GreeterClient;
/// use tonic::transport::{Channel, Endpoint};
/// use vestibule::interceptors::{Credentials, PropagateDeadline, Retry, Token};
/// use vestibule::{Client, Status};
///
/// struct Greetings {
///     client: GreeterClient<Client<Channel>>,
/// }
///
/// # async fn ask_the_issuer() -> Result<String, Status> { Ok("s3cret".to_owned()) }
/// async fn token() -> Result<Token, Status> {
///     Ok(Token::bearer(&ask_the_issuer().await?)?.expires_in(Duration::from_secs(3600)))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let endpoint = Endpoint::from_static("https://greeter.example.com");
/// let chain = (Credentials::new(token), PropagateDeadline::new(), Retry::new(3));
/// let channel = vestibule::client(endpoint.connect_lazy(), chain).origin(endpoint.uri().clone());
/// let greetings = Greetings { client: GreeterClient::new(channel) };
/// # }
/// ```
///
/// A call whose deadline passes ends with `DEADLINE_EXCEEDED`, streams too. Details of a status that are not valid
/// base64, at which tonic's client panics, are dropped.
///
/// # Errors
///
/// A call ends with its server's status. Without one, a connection that is lost is UNAVAILABLE (tonic: UNKNOWN or
/// CANCELLED), and the timeout of an endpoint `DEADLINE_EXCEEDED` (tonic: CANCELLED).
pub fn client<S: GrpcService + Clone>(service: S, chain: impl Chain<Outgoing>) -> Client<S> {
    Client { inner: service, chain: Arc::new(chain), origin: None }
}

/// What a generated client calls, with a chain in front of it: see [`client`](crate::client()).
///
/// Clones have the same chain, and with it the same credentials and the same bucket of [`Retry`](crate::interceptors::Retry).
#[must_use = "it does nothing unless a generated client is made of it"]
pub struct Client<S> {
    inner: S,
    chain: Arc<dyn Calls<S>>,
    origin: Option<Uri>,
}

impl<S> Client<S> {
    /// Tells the chain where calls go: the `uri` of the endpoint. By its scheme, `https`,
    /// [`Credentials`](crate::interceptors::Credentials) know that what they send can't be read on the way. It is
    /// believed, and changes nothing about where they go.
    ///
    /// Without it the origin of the generated client counts (`GreeterClient::with_origin`). A channel does
    /// not tell.
    pub fn origin(mut self, origin: Uri) -> Self {
        self.origin = Some(origin);
        self
    }
}

/// Whether a call goes over a connection that is encrypted.
#[derive(Clone, Debug)]
pub(crate) struct Secure(pub(crate) bool);

/// The hooks of an interceptor that belongs on a client: none, and it does not compile elsewhere.
///
/// ```
/// use vestibule::opaque::ClientOnly;
/// use vestibule::{Call, Interceptor, Status};
///
/// struct UserAgent;
///
/// impl Interceptor for UserAgent {
///     type Provides = ();
///     type Hooks = ClientOnly;
///
///     async fn start(&self, call: &Call) -> Result<((), ClientOnly), Status> {
///         call.outgoing_metadata().insert("x-client", "greetings/2.1".parse().expect("it is ASCII"));
///         Ok(((), ClientOnly))
///     }
/// }
/// ```
#[derive(Debug)]
pub struct ClientOnly;

impl Hooks<Outgoing> for ClientOnly {}

/// A chain of any type, in front of a service that has been found to be one.
trait Calls<S>: Send + Sync {
    fn poll_ready(&self, service: &mut S, cx: &mut Context<'_>) -> Poll<Result<(), Status>>;

    fn call(self: Arc<Self>, service: &mut S, call: Call, request: http::Request<Body>) -> Opening<Bytes>;
}

impl<C: Chain<Outgoing>, S: GrpcService + Clone> Calls<S> for C {
    fn poll_ready(&self, service: &mut S, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        service.poll_ready(cx).map_err(|error| Outgoing::failed(error.into()))
    }

    fn call(self: Arc<Self>, service: &mut S, call: Call, request: http::Request<Body>) -> Opening<Bytes> {
        // The service that is ready is this one; a clone of it may not be.
        let next = service.clone();
        let service = std::mem::replace(service, next);
        let outlet = Outlet::new();
        let sender = outlet.clone();
        outlet.drive(async move {
            let arrived = Arrived { request, upload: None, outlet: sender };
            let result = {
                // Dropped before the end: what those that wrap the call add then is still sent.
                let run = pin!(self.run(&call, ToServer { service, arrived }));
                // What is innermost ends in time, and the chain with it; unless a start is what takes too long.
                within(call.client_deadline(), run).await
            };
            end::<Outgoing>(&call, result)
        })
    }
}

/// The innermost part of a chain.
struct ToServer<S> {
    service: S,
    arrived: Arrived,
}

impl<S: GrpcService + Clone> Leaf<Outgoing> for ToServer<S> {
    async fn run(self, call: &Call, hooks: &mut impl LendingStack<Outgoing>) -> Result<(), Status> {
        let Self { service, arrived } = self;
        let (passage, request) = Passage::begin(call, arrived, hooks);
        let retry = call.retry();
        let result = strictly_within(call.deadline(), async {
            let response = passage.answer(attempts::send(service, request, call, retry.as_ref())).await?;
            passage.reply(call, response).await
        });
        let result = result.await;
        if let (Ok(()), Some(retry)) = (&result, &retry) {
            retry.succeeded();
        }
        result
    }
}

// Without bounds, which `client` has checked: with them, its mistakes would be those of the generated client as well.
impl<S> Service<http::Request<Body>> for Client<S> {
    type Response = http::Response<Body>;
    type Error = Status;
    type Future = ClientFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        self.chain.poll_ready(&mut self.inner, cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> ClientFuture {
        let Some(method) = MethodInfo::called_anywhere(request.uri().path()) else {
            return ClientFuture(Err(Some(Status::unimplemented("the path is not that of a method"))));
        };
        let mut call = call_of(method, &request);
        let origin = self.origin.as_ref().unwrap_or(request.uri());
        if self.origin.is_some() || origin.scheme().is_some() {
            call.insert(Secure(origin.scheme() == Some(&Scheme::HTTPS)));
        }
        ClientFuture(Ok(Arc::clone(&self.chain).call(&mut self.inner, call, request)))
    }
}

impl<S: Clone> Clone for Client<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), chain: Arc::clone(&self.chain), origin: self.origin.clone() }
    }
}

impl<S: fmt::Debug> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("inner", &self.inner).finish_non_exhaustive()
    }
}

/// A reply to a [`Client`] on its way.
#[derive(Debug)]
pub struct ClientFuture(Result<Opening<Bytes>, Option<Status>>);

impl Future for ClientFuture {
    type Output = Result<http::Response<Body>, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Ok(opening) => Poll::Ready(ready!(Pin::new(opening).poll(cx)).map(response::<Outgoing>)),
            Err(refused) => refused.take().map_or(Poll::Pending, |status| Poll::Ready(Err(status))),
        }
    }
}

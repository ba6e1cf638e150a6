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

use super::deadline::strictly_within;
use super::method::ClientMethod;
use super::send::send;
use crate::call::within;
use crate::chain::{HeadersFuture, ResponseSender, SharedHookStack};
use crate::proxy::{
    GrpcService, Innermost, Interceptors, ProxiedCall, ProxiedRequest, ProxySide, call_of_request, end_call,
    response,
};
use crate::{Call, MethodInfo};

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
/// use vestibule_interceptors::{Credentials, PropagateDeadline, Retry, Token};
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
pub fn client<S: GrpcService + Clone>(service: S, chain: impl Interceptors<ClientMethod>) -> Client<S> {
    Client { inner: service, chain: Arc::new(chain), origin: None }
}

/// What a generated client calls, with a chain in front of it: see [`client`](crate::client()).
///
/// Clones have the same chain, and with it the same credentials and the same bucket of `Retry`.
#[must_use = "it does nothing unless a generated client is made of it"]
pub struct Client<S> {
    inner: S,
    chain: Arc<dyn ClientChain<S>>,
    origin: Option<Uri>,
}

impl<S> Client<S> {
    /// Tells the chain where calls go: the `uri` of the endpoint. By its scheme, `https`,
    /// `Credentials` know that what they send can't be read on the way. It is
    /// believed, and changes nothing about where they go.
    ///
    /// Without it the origin of the generated client counts (`GreeterClient::with_origin`). A channel does
    /// not tell.
    pub fn origin(mut self, origin: Uri) -> Self {
        self.origin = Some(origin);
        self
    }
}

/// A chain of any type, in front of a service that has been found to be one.
trait ClientChain<S>: Send + Sync {
    fn poll_ready(&self, service: &mut S, cx: &mut Context<'_>) -> Poll<Result<(), Status>>;

    fn call(
        self: Arc<Self>,
        service: &mut S,
        call: Call,
        request: http::Request<Body>,
    ) -> HeadersFuture<Bytes>;
}

impl<C: Interceptors<ClientMethod>, S: GrpcService + Clone> ClientChain<S> for C {
    fn poll_ready(&self, service: &mut S, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        service.poll_ready(cx).map_err(|error| ClientMethod::status_of_error(error.into()))
    }

    fn call(
        self: Arc<Self>,
        service: &mut S,
        call: Call,
        request: http::Request<Body>,
    ) -> HeadersFuture<Bytes> {
        // The service that is ready is this one; a clone of it may not be.
        let next = service.clone();
        let service = std::mem::replace(service, next);
        let outlet = ResponseSender::new();
        let sender = outlet.clone();
        outlet.start(async move {
            let request_ = ProxiedRequest { request, upload: None, outlet: sender };
            let result = {
                // Dropped before the end: what those that wrap the call add then is still sent.
                let run = pin!(self.run(&call, ToServer { service, request_ }));
                // What is innermost ends in time, and the chain with it; unless a start is what takes too long.
                within(call.client_deadline(), run).await
            };
            end_call::<ClientMethod>(&call, result)
        })
    }
}

/// The innermost part of a chain.
struct ToServer<S> {
    service: S,
    request_: ProxiedRequest,
}

impl<S: GrpcService + Clone> Innermost<ClientMethod> for ToServer<S> {
    async fn run(self, call: &Call, hooks: &mut impl SharedHookStack<ClientMethod>) -> Result<(), Status> {
        let Self { service, request_ } = self;
        let (proxied, request) = ProxiedCall::begin(call, request_, hooks);
        let mut retry_policy = call.take_retry_policy();
        let result = strictly_within(call.deadline(), async {
            let sent = send(service, request, call, retry_policy.as_deref_mut());
            let response = proxied.answer(sent).await?;
            proxied.reply(call, response).await
        });
        let result = result.await;
        if let (Ok(()), Some(policy)) = (&result, &mut retry_policy) {
            policy.on_success();
        }
        result
    }
}

// Without bounds, which `client` has checked: with them, its mistakes would be those of the generated client as well.
impl<S> Service<http::Request<Body>> for Client<S> {
    type Response = http::Response<Body>;
    type Error = Status;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        self.chain.poll_ready(&mut self.inner, cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> ResponseFuture {
        let Some(method) = MethodInfo::called_anywhere(request.uri().path()) else {
            return ResponseFuture(Err(Some(Status::unimplemented("the path is not that of a method"))));
        };
        let mut call = call_of_request(method, &request);
        let origin = self.origin.as_ref().unwrap_or(request.uri());
        if self.origin.is_some() || origin.scheme().is_some() {
            call.set_encrypted(origin.scheme() == Some(&Scheme::HTTPS));
        }
        ResponseFuture(Ok(Arc::clone(&self.chain).call(&mut self.inner, call, request)))
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
pub struct ResponseFuture(Result<HeadersFuture<Bytes>, Option<Status>>);

impl Future for ResponseFuture {
    type Output = Result<http::Response<Body>, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Ok(opening) => Poll::Ready(ready!(Pin::new(opening).poll(cx)).map(response::<ClientMethod>)),
            Err(refused) => refused.take().map_or(Poll::Pending, |status| Poll::Ready(Err(status))),
        }
    }
}

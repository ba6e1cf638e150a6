use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use http::uri::Scheme;
use tonic::Status;
use tonic::body::Body;
use tower_service::Service;

use super::deadline::before_deadline;
use super::method::ClientMethod;
use super::send::send;
use crate::call::timeout_at;
use crate::chain::{ResponseSender, SharedHookStack};
use crate::proxy::{
    GrpcService, Innermost, Interceptors, ProxiedCall, ProxiedParts, ProxiedResponse, ProxySide, ResponseRest,
};
use crate::{Call, MethodInfo};

/// Puts interceptors in front of the service that a generated client calls: a `Channel`, or any other service that
/// accepts requests of tonic's clients.
///
/// `chain` is a tuple of interceptors, outermost first, as on servers. Starts run before the request is sent, and may
/// [add metadata to it](crate::Call::outgoing_metadata). Hooks see each request as it is sent and each response as it
/// arrives.
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
/// Calls and streams end with `DEADLINE_EXCEEDED` when their deadline passes. Details of a status that are not valid
/// base64 are dropped, because tonic's client would panic.
///
/// # Errors
///
/// A call ends with the status that its server has sent. If the server has sent none, the code is:
///
/// | failure | code | code of tonic's own client |
/// | --- | --- | --- |
/// | the connection is lost | UNAVAILABLE | UNKNOWN or CANCELLED |
/// | the timeout of the endpoint passes | `DEADLINE_EXCEEDED` | CANCELLED |
pub fn client<S: GrpcService + Clone, C: Interceptors<ClientMethod>>(service: S, chain: C) -> Client<S> {
    const { C::ORDER };
    Client { inner: service, chain: Arc::new(chain), origin: None }
}

/// A service for a generated client, with interceptors in front of it: see [`client`](crate::client()) for an
/// example.
///
/// Clones share the interceptors. So they also share the token of `Credentials` and the token bucket of `Retry`.
#[must_use = "it does nothing unless a generated client is made of it"]
pub struct Client<S> {
    inner: S,
    chain: Arc<dyn ClientChain<S>>,
    origin: Option<Uri>,
}

impl<S> Client<S> {
    /// Declares the URI of the server. [`Call::is_encrypted`](crate::Call::is_encrypted) returns `Some(true)` if its
    /// scheme is `https`. `Credentials` sends its token only then.
    ///
    /// The URI is not verified, and it does not change where calls are sent. If you do not call this method, the
    /// origin of the generated client is used (`GreeterClient::with_origin`). A channel does not expose the URI of
    /// its endpoint.
    ///
    /// ```
    /// use tonic::transport::Endpoint;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let endpoint = Endpoint::from_static("https://greeter.example.com");
    /// let channel = vestibule::client(endpoint.connect_lazy(), ()).origin(endpoint.uri().clone());
    /// # }
    /// ```
    pub fn origin(mut self, origin: Uri) -> Self {
        self.origin = Some(origin);
        self
    }
}

/// A chain of any type in front of `S`.
trait ClientChain<S>: Send + Sync {
    fn poll_ready(&self, service: &mut S, cx: &mut Context<'_>) -> Poll<Result<(), Status>>;

    fn call(self: Arc<Self>, service: &mut S, call: Call, body: Body) -> ProxiedResponse;
}

impl<C: Interceptors<ClientMethod>, S: GrpcService + Clone> ClientChain<S> for C {
    fn poll_ready(&self, service: &mut S, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        service.poll_ready(cx).map_err(|error| ClientMethod::status_of_error(error.into()))
    }

    fn call(self: Arc<Self>, service: &mut S, call: Call, body: Body) -> ProxiedResponse {
        // `poll_ready` was called on this service. A clone may not be ready, so the clone stays behind.
        let clone = service.clone();
        let service = std::mem::replace(service, clone);
        let sender = ResponseSender::new();
        let mut parts = ProxiedParts {
            has_hooks: C::has_hooks(),
            // The timers of the deadline run in the chain.
            acts_at_end: true,
            upload: None,
            response_sender: sender.clone(),
            rest: ResponseRest::None,
        };
        ProxiedResponse::new::<ClientMethod, _>(sender, async move {
            let result = {
                // The chain is dropped before `end_chain`, so that metadata which interceptors add in their drop is
                // sent.
                let run = pin!(self.run(&call, CallServer { service, body, parts: &mut parts }));
                // `CallServer` observes the deadline as well. This timer is for starts that wait too long.
                timeout_at(call.client_deadline(), run).await
            };
            parts.rest.end_chain::<ClientMethod>(call, result)
        })
    }
}

/// The innermost part of the chain, which calls the server.
struct CallServer<'a, S: GrpcService> {
    service: S,
    body: Body,
    parts: &'a mut ProxiedParts<S::ResponseBody>,
}

impl<S: GrpcService + Clone> Innermost<ClientMethod> for CallServer<'_, S> {
    async fn run(self, call: &Call, hooks: &mut impl SharedHookStack<ClientMethod>) -> Result<(), Status> {
        let Self { service, body, parts } = self;
        let (mut proxied_call, request) = ProxiedCall::start(call, body, parts, hooks);
        let mut retry_policy = call.take_retry_policy();
        let result = before_deadline(call.deadline(), async {
            let response = send(service, request, call, retry_policy.as_deref_mut());
            proxied_call.forward(call, response).await
        });
        let result = result.await;
        if let (Ok(()), Some(policy)) = (&result, &mut retry_policy) {
            policy.on_success();
        }
        result
    }
}

// `client` checks the bounds. If they stood here as well, the compiler would report a mistake once more for the
// generated client.
impl<S> Service<http::Request<Body>> for Client<S> {
    type Response = http::Response<Body>;
    type Error = Status;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        self.chain.poll_ready(&mut self.inner, cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> ResponseFuture {
        let Some(method) = MethodInfo::from_prefixed_path(request.uri().path()) else {
            return ResponseFuture(Err(Some(Status::unimplemented("the path is not that of a method"))));
        };
        let origin = self.origin.as_ref().unwrap_or(request.uri());
        let is_known = self.origin.is_some() || origin.scheme().is_some();
        let is_encrypted = is_known.then(|| origin.scheme() == Some(&Scheme::HTTPS));
        let authority = origin.authority().cloned();
        let (head, body) = request.into_parts();
        let mut call = Call::forwarded(method, head);
        call.set_client();
        if let Some(is_encrypted) = is_encrypted {
            call.set_encrypted(is_encrypted);
        }
        if let Some(authority) = authority {
            call.set_authority(authority);
        }
        ResponseFuture(Ok(Arc::clone(&self.chain).call(&mut self.inner, call, body)))
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

/// The future of a [`Client`]'s response.
///
/// It has no example, because the generated client awaits it.
#[derive(Debug)]
pub struct ResponseFuture(Result<ProxiedResponse, Option<Status>>);

impl Future for ResponseFuture {
    type Output = Result<http::Response<Body>, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Ok(response) => Pin::new(response).poll(cx),
            Err(refusal) => refusal.take().map_or(Poll::Pending, |status| Poll::Ready(Err(status))),
        }
    }
}

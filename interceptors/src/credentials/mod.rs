mod cache;
mod token;

use std::fmt;
use std::future::Future;

use tokio::time::timeout_at;
use tonic::{Code, Status};
use vestibule::client::ClientOnly;
use vestibule::{Call, Interceptor, Rest};

pub use token::Token;

use crate::status::deadline_exceeded;
use cache::{Cache, TokenFuture};

/// Adds credentials to each call of a [`client`](vestibule::client()).
///
/// The credentials come from a *source*: an async function without parameters that returns a [`Token`]. The token is
/// used for all calls during its lifetime ([`Token::expires_in`]). If the token has no lifetime, the source is called
/// for each call.
///
/// - If there is no valid token, calls wait for the source. All calls that wait at the same time use the same token.
/// - A token is renewed in the last fifth of its lifetime, and at the earliest one minute before its end. During the
///   renewal, calls use the old token. The source runs only as part of calls: while there are no calls, nothing is
///   renewed.
/// - When a call ends with UNAUTHENTICATED, its token is not used again.
///
/// # Errors
///
/// | cause | the call ends with |
/// | --- | --- |
/// | the connection is not encrypted, or the client does not know ([`Client::origin`](vestibule::Client::origin)) | UNAUTHENTICATED, unless [`allow_plaintext`](Self::allow_plaintext) was called |
/// | the source fails, and no valid token is left | the status of the source |
/// | the deadline passes before there is a token | `DEADLINE_EXCEEDED` |
///
/// Such a call is not sent.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use vestibule::Status;
/// use vestibule_interceptors::{Credentials, Token};
///
/// # async fn ask_the_issuer() -> Result<String, Status> { Ok("s3cret".to_owned()) }
/// async fn token() -> Result<Token, Status> {
///     let token = Token::bearer(&ask_the_issuer().await?)?;
///     Ok(token.expires_in(Duration::from_secs(600)))
/// }
///
/// # use tonic::transport::Endpoint;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let endpoint = Endpoint::from_static("https://greeter.example.com");
/// let channel = vestibule::client(endpoint.connect_lazy(), (Credentials::new(token),))
///     .origin(endpoint.uri().clone());
/// # }
/// ```
///
/// A source with state moves a clone of the state into each future:
///
/// ```
/// # use vestibule::Status;
/// # use vestibule_interceptors::{Credentials, Token};
/// # struct Issuer;
/// # impl Issuer { async fn token(&self) -> Result<Token, Status> { Token::bearer("s3cret") } }
/// use std::sync::Arc;
///
/// let issuer = Arc::new(Issuer);
/// let credentials = Credentials::new(move || {
///     let issuer = Arc::clone(&issuer);
///     async move { issuer.token().await }
/// });
/// ```
pub struct Credentials {
    source: Box<dyn Fn() -> TokenFuture + Send + Sync>,
    is_plaintext_allowed: bool,
    cache: Cache,
}

impl Credentials {
    /// Creates the interceptor with a source of tokens. The examples of [`Credentials`] call it.
    #[must_use]
    pub fn new<S, F>(source: S) -> Self
    where
        S: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<Token, Status>> + Send + 'static,
    {
        let source = Box::new(move || Box::pin(source()) as TokenFuture);
        Self { source, is_plaintext_allowed: false, cache: Cache::default() }
    }

    /// Also sends credentials over connections that are not encrypted, where others can read them. Use it in tests,
    /// or if a proxy on the same machine encrypts the connection.
    ///
    /// ```
    /// use vestibule_interceptors::{Credentials, Token};
    ///
    /// let credentials = Credentials::new(|| async { Token::bearer("s3cret") }).allow_plaintext();
    /// ```
    #[must_use]
    pub fn allow_plaintext(mut self) -> Self {
        self.is_plaintext_allowed = true;
        self
    }

    fn check_encrypted(&self, call: &Call) -> Result<(), Status> {
        let message = match call.is_encrypted() {
            _ if self.is_plaintext_allowed => return Ok(()),
            Some(true) => return Ok(()),
            Some(false) => "credentials are not sent in plain text; use https, or call `.allow_plaintext()`",
            None => {
                "credentials are sent only over encrypted connections: call `.origin(endpoint.uri().clone())` on the client if its connection is encrypted, or `.allow_plaintext()` on the credentials if it is not"
            }
        };
        Err(Status::unauthenticated(message))
    }
}

impl Interceptor for Credentials {
    type Provides = Token;
    type Hooks = ClientOnly;

    async fn start(&self, call: &Call) -> Result<(Token, ClientOnly), Status> {
        self.check_encrypted(call)?;
        let token = self.cache.get(&self.source);
        let token = match call.deadline() {
            Some(deadline) => {
                timeout_at(deadline.into(), token).await.unwrap_or_else(|_| Err(deadline_exceeded()))
            }
            None => token.await,
        }?;
        call.outgoing_metadata().as_mut().extend(token.headers().clone());
        Ok((token, ClientOnly))
    }

    async fn around<R: Rest>(&self, _call: &Call, token: &Token, rest: R) -> Result<(), Status> {
        let result = rest.await;
        if matches!(&result, Err(status) if status.code() == Code::Unauthenticated) {
            self.cache.forget(token);
        }
        result
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("is_plaintext_allowed", &self.is_plaintext_allowed)
            .finish_non_exhaustive()
    }
}

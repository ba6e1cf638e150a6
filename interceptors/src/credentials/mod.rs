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
use cache::{Answer, Cache};

/// Adds credentials to each call, on a [`client`](vestibule::client()).
///
/// `source` is asked for them, an async function without parameters. What it returns is used for all calls as long
/// as it lasts ([`Token::expires_in`]). Without a lifetime, the source is asked for each call.
///
/// - Calls that find no token wait for the same answer of the source.
/// - A token is renewed in the last fifth of its lifetime, at most in its last minute. Calls go on with the old one
///   meanwhile. It is they that drive the source: without calls, nothing is renewed.
/// - If a server answers UNAUTHENTICATED, the token is dropped.
///
/// Credentials are only sent over connections that are known to be encrypted
/// ([`Client::origin`](vestibule::Client::origin)), unless [`allow_plaintext`](Self::allow_plaintext) says
/// otherwise. Else the call ends with UNAUTHENTICATED, and nothing is sent.
///
/// If the source fails, the call ends with its status.
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
/// let credentials = Credentials::new(token);
/// ```
///
/// A source with a state has a copy of it for each future:
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
    source: Box<dyn Fn() -> Answer + Send + Sync>,
    is_plaintext_allowed: bool,
    cache: Cache,
}

impl Credentials {
    /// Those that `source` returns.
    #[must_use]
    pub fn new<S, F>(source: S) -> Self
    where
        S: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<Token, Status>> + Send + 'static,
    {
        let source = Box::new(move || Box::pin(source()) as Answer);
        Self { source, is_plaintext_allowed: false, cache: Cache::default() }
    }

    /// Sends them also where anybody may read them on the way, or where it is not known.
    #[must_use]
    pub fn allow_plaintext(mut self) -> Self {
        self.is_plaintext_allowed = true;
        self
    }

    fn check(&self, call: &Call) -> Result<(), Status> {
        let refusal = match call.is_encrypted() {
            _ if self.is_plaintext_allowed => return Ok(()),
            Some(true) => return Ok(()),
            Some(false) => "credentials are not sent in plain text; use https, or say `.allow_plaintext()`",
            None => {
                "credentials are not sent where it is not known whether anybody can read them; say `.origin(endpoint.uri().clone())` on the client"
            }
        };
        Err(Status::unauthenticated(refusal))
    }
}

impl Interceptor for Credentials {
    type Provides = Token;
    type Hooks = ClientOnly;

    async fn start(&self, call: &Call) -> Result<(Token, ClientOnly), Status> {
        self.check(call)?;
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

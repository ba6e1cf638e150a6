use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;
use tonic::Status;
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};

/// What [`Credentials`](super::Credentials) add to a call.
///
/// ```
/// use std::time::Duration;
/// use tonic::metadata::MetadataMap;
/// use vestibule_interceptors::Token;
///
/// let for_an_hour = Token::bearer("s3cret").unwrap().expires_in(Duration::from_secs(3600));
///
/// let mut metadata = MetadataMap::new();
/// metadata.insert("x-api-key", "s3cret".parse().unwrap());
/// let for_this_call = Token::new(metadata);
///
/// assert_eq!(format!("{for_this_call:?}"), r#"Token { keys: ["x-api-key"], lifetime: None, .. }"#);
/// assert!(Token::bearer("two\nlines").is_err());
/// ```
#[derive(Clone)]
pub struct Token {
    metadata: Arc<HeaderMap>,
    obtained: Instant,
    lifetime: Option<Duration>,
}

impl Token {
    /// Adds this metadata, in place of what is there under the same keys.
    #[must_use]
    pub fn new(metadata: MetadataMap) -> Self {
        let mut metadata = metadata.into_headers();
        for value in metadata.values_mut() {
            // HTTP/2 does not index it, and it is not printed.
            value.set_sensitive(true);
        }
        Self { metadata: Arc::new(metadata), obtained: Instant::now(), lifetime: None }
    }

    /// Adds `authorization: Bearer <token>`.
    ///
    /// # Errors
    ///
    /// INTERNAL if the token can't be metadata: it is empty, or not visible ASCII.
    pub fn bearer(token: &str) -> Result<Self, Status> {
        if token.is_empty() {
            return Err(Status::internal("the token is empty"));
        }
        let value: MetadataValue<Ascii> = format!("Bearer {token}")
            .parse()
            .map_err(|_| Status::internal("the token is not visible ASCII"))?;
        let mut metadata = MetadataMap::new();
        metadata.insert("authorization", value);
        Ok(Self::new(metadata))
    }

    /// Says how long it may be used, from now on.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.obtained = Instant::now();
        self.lifetime = Some(lifetime);
        self
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.metadata
    }

    /// Whether both have been returned by the source at once.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.metadata, &other.metadata)
    }

    /// Whether it is not to be used again.
    pub(super) fn is_for_one_call(&self) -> bool {
        self.lifetime.is_none()
    }

    /// Whether it may be used for this while yet.
    pub(super) fn lasts(&self, while_: Duration) -> bool {
        self.lifetime.is_some_and(|lifetime| self.obtained.elapsed() + while_ < lifetime)
    }

    /// How long before its end it is to be renewed.
    pub(super) fn margin(&self) -> Duration {
        self.lifetime.map_or(Duration::ZERO, |lifetime| (lifetime / 5).min(MARGIN))
    }
}

/// Time for a call to arrive, and for a clock that is not quite right.
const MARGIN: Duration = Duration::from_secs(60);

/// Prints no secret.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.metadata.keys().map(http::HeaderName::as_str).collect();
        f.debug_struct("Token").field("keys", &keys).field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_printed_and_not_indexed() {
        let token = Token::bearer("s3cret").unwrap();
        assert!(token.headers().values().all(http::HeaderValue::is_sensitive));
        assert!(!format!("{token:?}").contains("s3cret"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lifetime_counts_from_when_it_is_told() {
        let token = Token::bearer("s3cret").unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
        let token = token.expires_in(Duration::from_secs(600));
        assert!(token.lasts(Duration::from_secs(599)));
        assert_eq!(token.margin(), MARGIN, "a fifth would be two minutes");
    }
}

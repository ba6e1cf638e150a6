use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;
use tonic::Status;
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};

/// The metadata that [`Credentials`](super::Credentials) add to a call, and its lifetime. `Debug` does not print
/// the values.
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
    /// Creates a token from metadata. In each call, it replaces metadata with the same keys. The example of [`Token`]
    /// calls it.
    #[must_use]
    pub fn new(metadata: MetadataMap) -> Self {
        let mut metadata = metadata.into_headers();
        for value in metadata.values_mut() {
            // HTTP/2 does not index a sensitive value, and `Debug` does not print it.
            value.set_sensitive(true);
        }
        Self { metadata: Arc::new(metadata), obtained: Instant::now(), lifetime: None }
    }

    /// Creates the token `authorization: Bearer <token>`. The example of [`Token`] calls it.
    ///
    /// # Errors
    ///
    /// Returns INTERNAL if the token is empty or is not visible ASCII.
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

    /// Sets the lifetime, which begins when this method is called. A token without a lifetime is used for a single
    /// call. The example of [`Token`] calls it.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.obtained = Instant::now();
        self.lifetime = Some(lifetime);
        self
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.metadata
    }

    /// Returns true if both are clones of one token.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.metadata, &other.metadata)
    }

    /// Returns true if the token may be used for a single call only.
    pub(super) fn is_for_one_call(&self) -> bool {
        self.lifetime.is_none()
    }

    /// Returns true if the token is still valid after this time.
    pub(super) fn is_valid_for(&self, time: Duration) -> bool {
        self.lifetime.is_some_and(|lifetime| self.obtained.elapsed() + time < lifetime)
    }

    /// Returns the time before its end at which the token is renewed.
    pub(super) fn renewal_margin(&self) -> Duration {
        self.lifetime.map_or(Duration::ZERO, |lifetime| (lifetime / 5).min(MAX_MARGIN))
    }
}

/// The longest margin. It leaves time for a call to reach its server, and allows for a clock that is wrong.
const MAX_MARGIN: Duration = Duration::from_secs(60);

/// Prints the keys, but not the values.
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
        assert!(token.is_valid_for(Duration::from_secs(599)));
        assert_eq!(token.renewal_margin(), MAX_MARGIN, "a fifth would be two minutes");
    }
}

//! The place from which an issuer's keys come.

use std::error::Error;
use std::time::Duration;

/// The error of a [`KeySource`].
pub type KeySourceError = Box<dyn Error + Send + Sync>;

/// The place from which a [`JwksCache`](super::JwksCache) fetches a set of keys, such as the `jwks_uri` of an issuer.
///
/// This crate has no HTTP client, so implement the trait with the one that you have. Fetch over `https` alone, and follow no
/// redirect: whoever chooses the keys can make tokens.
///
/// ```
/// use std::time::Duration;
/// use vestibule_interceptors::{FetchedKeys, KeySource, KeySourceError};
///
/// struct File(&'static str);
///
/// impl KeySource for File {
///     async fn fetch(&self) -> Result<FetchedKeys, KeySourceError> {
///         let json = tokio::fs::read(self.0).await?;
///         Ok(FetchedKeys { json, max_age: Some(Duration::from_secs(60)) })
///     }
/// }
/// ```
pub trait KeySource: Send + Sync + 'static {
    /// Fetches the set. The cache never calls it twice at the same time, and gives up after ten seconds.
    ///
    /// # Errors
    ///
    /// Returns an error if the set can't be fetched. The cache logs it and keeps the keys that it has.
    fn fetch(&self) -> impl Future<Output = Result<FetchedKeys, KeySourceError>> + Send;
}

/// A set of keys that was fetched. The example of [`KeySource`] makes one.
#[derive(Clone, Debug)]
pub struct FetchedKeys {
    /// The JWK set, in JSON.
    pub json: Vec<u8>,
    /// The `max-age` of the header `cache-control`, if there is one.
    pub max_age: Option<Duration>,
}

//! The place from which an issuer's keys come.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The error of a [`KeySource`].
pub type KeySourceError = Box<dyn Error + Send + Sync>;

/// The place from which a [`JwksCache`](super::JwksCache) fetches a set of keys, such as the `jwks_uri` of an issuer.
///
/// [`JwksFile`] is such a place. For an issuer, implement the trait with the HTTP client that you have: this crate has none.
/// Fetch over `https` alone, and follow no redirect, because whoever chooses the keys can make tokens. `examples/issuer` does so
/// with reqwest.
///
/// ```
/// use std::time::Duration;
/// use vestibule_interceptors::{FetchedKeys, KeySource, KeySourceError};
///
/// # struct Database;
/// # impl Database { async fn read(&self, _: &str) -> Result<Vec<u8>, KeySourceError> { Ok(Vec::new()) } }
/// struct StoredKeys(Database);
///
/// impl KeySource for StoredKeys {
///     async fn fetch(&self) -> Result<FetchedKeys, KeySourceError> {
///         let json = self.0.read("keys").await?;
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

/// A file with a JWK set, which is read again.
///
/// ```
/// use vestibule_interceptors::{JwksCache, JwksFile, Jwt};
///
/// # struct Claims;
/// # fn make() -> Jwt<Claims> {
/// Jwt::with_cache(JwksCache::new(JwksFile::new("/etc/calculator/keys.json")), "calculator")
/// # }
/// ```
///
/// The file is read again each minute (see [`min_age`](super::JwksCache::min_age)), and at once for a `kid` that no key has. If it
/// is missing or can't be read as a set, the keys that were read before count, for [`stale_for`](super::JwksCache::stale_for).
/// Replace it as a whole, by renaming a new file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwksFile(Arc<Path>);

impl JwksFile {
    /// Reads this file. The example of [`JwksFile`] calls it.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self(path.as_ref().into())
    }
}

impl KeySource for JwksFile {
    async fn fetch(&self) -> Result<FetchedKeys, KeySourceError> {
        let path = Arc::clone(&self.0);
        let read = tokio::task::spawn_blocking(move || {
            std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        });
        // It is read again after the shortest time that the cache allows.
        Ok(FetchedKeys { json: read.await??, max_age: Some(Duration::ZERO) })
    }
}

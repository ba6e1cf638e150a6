//! The keys of an issuer, fetched with reqwest.

use std::time::Duration;

use reqwest::header::{CACHE_CONTROL, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use vestibule_interceptors::{FetchedKeys, KeySource, KeySourceError};

/// The longest set that is read, in bytes. `JwksCache` has the same limit, but would have to wait for all of a longer one.
const MAX_BYTES: usize = 256 * 1024;

/// Fetches the keys of an issuer from its `jwks_uri`.
#[derive(Clone, Debug)]
pub struct HttpsKeys {
    client: Client,
    url: Url,
}

impl HttpsKeys {
    /// Makes a source of this address.
    ///
    /// Whoever chooses the keys can make tokens. So the address is `https`, or one of this machine, and a redirect is an error.
    ///
    /// # Errors
    ///
    /// Fails if the address is no URL, or is neither `https` nor one of this machine.
    pub fn new(jwks_uri: &str) -> Result<Self, KeySourceError> {
        let url: Url = jwks_uri.parse()?;
        let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !is_local {
            return Err(format!("keys are fetched over https, and not from {url}").into());
        }
        let client = Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(5)).build()?;
        Ok(Self { client, url })
    }
}

impl KeySource for HttpsKeys {
    async fn fetch(&self) -> Result<FetchedKeys, KeySourceError> {
        let mut response = self.client.get(self.url.clone()).send().await?;
        if response.status() != StatusCode::OK {
            return Err(format!("the issuer has answered {}", response.status()).into());
        }
        let max_age = max_age(response.headers());
        let mut json = Vec::new();
        while let Some(part) = response.chunk().await? {
            json.extend_from_slice(&part);
            if json.len() > MAX_BYTES {
                return Err(format!("the set has more than {MAX_BYTES} bytes").into());
            }
        }
        Ok(FetchedKeys { json, max_age })
    }
}

/// Returns the `max-age` of `cache-control`.
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let directives = headers.get(CACHE_CONTROL)?.to_str().ok()?.split(',');
    let mut ages = directives.filter_map(|directive| directive.trim().strip_prefix("max-age="));
    ages.next()?.parse().ok().map(Duration::from_secs)
}

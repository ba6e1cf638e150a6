//! An issuer of tokens, for the demo and the tests. It makes a key when it starts, and forgets it when it ends.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::http::header::CACHE_CONTROL;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use vestibule_interceptors::KeySourceError;

/// What stands before the 32 bytes of a private key in PKCS#8, by RFC 8410.
const PKCS8_OF_ED25519: [u8; 16] = *b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// An issuer with one key.
#[derive(Clone)]
pub struct Issuer {
    key: EncodingKey,
    /// The set with the public key.
    jwks: Value,
    fetches: Arc<AtomicU32>,
}

impl Issuer {
    /// Makes an issuer whose key has this id.
    ///
    /// # Errors
    ///
    /// Fails if the system has no random bytes.
    pub fn new(kid: &str) -> Result<Self, KeySourceError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| error.to_string())?;
        let public = SigningKey::from_bytes(&secret).verifying_key().to_bytes();
        let jwk = json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
            "kid": kid, "x": URL_SAFE_NO_PAD.encode(public),
        });
        let key = EncodingKey::from_ed_der(&[&PKCS8_OF_ED25519[..], &secret].concat());
        Ok(Self { key, jwks: json!({ "keys": [jwk] }), fetches: Arc::default() })
    }

    /// Serves the set on a free port until the program ends, and returns its address.
    ///
    /// # Errors
    ///
    /// Fails if there is no free port.
    pub async fn serve(&self) -> Result<String, KeySourceError> {
        let issuer = self.clone();
        let jwks = move || {
            issuer.fetches.fetch_add(1, Ordering::Relaxed);
            let answer = ([(CACHE_CONTROL, "max-age=600")], issuer.jwks.to_string());
            std::future::ready(answer)
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/jwks.json", listener.local_addr()?);
        let router = Router::new().route("/jwks.json", get(jwks));
        tokio::spawn(axum::serve(listener, router).into_future());
        Ok(url)
    }

    /// Returns how often the set was fetched.
    #[must_use]
    pub fn fetches(&self) -> u32 {
        self.fetches.load(Ordering::Relaxed)
    }

    /// Signs a token with these claims.
    ///
    /// # Errors
    ///
    /// Fails if the claims can't be encoded.
    pub fn sign(&self, kid: &str, claims: &Value) -> Result<String, KeySourceError> {
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::EdDSA) };
        Ok(encode(&header, claims, &self.key)?)
    }
}

/// Prints no key.
impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("jwks", &self.jwks).finish_non_exhaustive()
    }
}

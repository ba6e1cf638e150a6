//! The keys with which tokens are verified.

use std::error::Error;
use std::fmt;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};

/// A key, and the one algorithm for which it verifies tokens.
///
/// The algorithm is that of the key and never the choice of a token. So a token that is signed with HMAC can't be verified with
/// a public key, which everybody has.
///
/// ```
/// use vestibule_interceptors::JwtKey;
///
/// # fn main() -> Result<(), vestibule_interceptors::InvalidKey> {
/// let shared_secret = JwtKey::hs256(b"a secret of 32 bytes, or of more")?;
/// let public_key = JwtKey::ed25519_pem(include_bytes!("../../tests/keys/ed25519.pub.pem"))?.id("2026-12");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct JwtKey {
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
    pub(super) id: Option<String>,
}

impl JwtKey {
    /// Verifies tokens with HS256: HMAC with SHA-256. Whoever verifies such tokens can make them as well. The example of
    /// [`JwtKey`] calls it.
    ///
    /// # Errors
    ///
    /// Returns an error if the secret has fewer than 32 bytes, the least that [RFC 7518] allows.
    ///
    /// [RFC 7518]: https://www.rfc-editor.org/rfc/rfc7518#section-3.2
    pub fn hs256(secret: &[u8]) -> Result<Self, InvalidKey> {
        if secret.len() < 32 {
            return Err(InvalidKey("a secret for HS256 has 32 bytes at least".to_owned()));
        }
        Self::new(Algorithm::HS256, DecodingKey::from_secret(secret))
    }

    /// Verifies tokens with RS256: RSA with SHA-256, and PKCS#1 v1.5. The key is a public one in PEM.
    ///
    /// ```no_run
    /// # use vestibule_interceptors::{InvalidKey, JwtKey};
    /// fn read(pem: &[u8]) -> Result<JwtKey, InvalidKey> {
    ///     JwtKey::rs256_pem(pem)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the text is no RSA key in PEM.
    pub fn rs256_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::new(Algorithm::RS256, DecodingKey::from_rsa_pem(pem))
    }

    /// Verifies tokens with PS256: RSA with SHA-256, and PSS. The key is a public one in PEM. See
    /// [`rs256_pem`](Self::rs256_pem) for an example.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is no RSA key in PEM.
    pub fn ps256_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::new(Algorithm::PS256, DecodingKey::from_rsa_pem(pem))
    }

    /// Verifies tokens with ES256: ECDSA with P-256 and SHA-256. The key is a public one in PEM. See
    /// [`rs256_pem`](Self::rs256_pem) for an example.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is no EC key in PEM.
    pub fn es256_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::new(Algorithm::ES256, DecodingKey::from_ec_pem(pem))
    }

    /// Verifies tokens with ES384: ECDSA with P-384 and SHA-384. The key is a public one in PEM. See
    /// [`rs256_pem`](Self::rs256_pem) for an example.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is no EC key in PEM.
    pub fn es384_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::new(Algorithm::ES384, DecodingKey::from_ec_pem(pem))
    }

    /// Verifies tokens with `EdDSA` and Ed25519. The key is a public one in PEM. The example of [`JwtKey`] calls it.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is no Ed25519 key in PEM.
    pub fn ed25519_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::new(Algorithm::EdDSA, DecodingKey::from_ed_pem(pem))
    }

    /// Reads the keys of a JWK set, as [RFC 7517] defines it.
    ///
    /// These keys are left out: those with another `use` than `sig`, of a type that is not known, and secrets, which do not
    /// belong into a set that others can read. A key without `alg` is one for RS256, ES256, ES384 or `EdDSA`, by its type.
    ///
    /// ```
    /// use vestibule_interceptors::JwtKey;
    ///
    /// # fn main() -> Result<(), vestibule_interceptors::InvalidKey> {
    /// let keys = JwtKey::from_jwk_set(include_bytes!("../../tests/keys/jwks.json"))?;
    /// # assert_eq!(keys.len(), 5);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the text is no JWK set.
    ///
    /// [RFC 7517]: https://www.rfc-editor.org/rfc/rfc7517
    pub fn from_jwk_set(json: &[u8]) -> Result<Vec<Self>, InvalidKey> {
        let set: JwkSet = serde_json::from_slice(json).map_err(|error| InvalidKey(error.to_string()))?;
        Ok(set.keys.iter().filter_map(Self::from_jwk).collect())
    }

    /// Sets the key's id. A token with another `kid` is not verified with it.
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    fn new(algorithm: Algorithm, key: jsonwebtoken::errors::Result<DecodingKey>) -> Result<Self, InvalidKey> {
        let key = key.map_err(|error| InvalidKey(error.to_string()))?;
        Ok(Self { algorithm, key, id: None })
    }

    /// Returns the key of a set, or `None` if it is not one that verifies signatures of others.
    fn from_jwk(jwk: &Jwk) -> Option<Self> {
        if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        let by_type = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
                EllipticCurve::P256 => Algorithm::ES256,
                EllipticCurve::P384 => Algorithm::ES384,
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(_) => Algorithm::EdDSA,
            // A secret does not belong into a set, and later types are not known.
            _ => return None,
        };
        let algorithm = match jwk.common.key_algorithm {
            Some(stated) => stated.to_string().parse().ok()?,
            None => by_type,
        };
        let key = DecodingKey::from_jwk(jwk).ok().filter(|key| key.family() == algorithm.family())?;
        Some(Self { algorithm, key, id: jwk.common.key_id.clone() })
    }
}

/// Prints the algorithm and the id, and never the key.
impl fmt::Debug for JwtKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtKey")
            .field("algorithm", &self.algorithm)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The error of a key that can't be read. It does not contain the key.
///
/// ```
/// let error = vestibule_interceptors::JwtKey::hs256(b"short").unwrap_err();
/// assert_eq!(error.to_string(), "a secret for HS256 has 32 bytes at least");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidKey(String);

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for InvalidKey {}

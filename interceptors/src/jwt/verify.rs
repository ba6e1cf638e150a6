//! The verification of one token.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::key::JwtKey;

/// The algorithms that a key may have.
const ALGORITHMS: &[Algorithm] = &[
    Algorithm::HS256,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
/// The most keys of one algorithm that a token without `kid` is tried with.
const MAX_TRIES: usize = 8;
/// The largest leeway.
const MAX_LEEWAY: Duration = Duration::from_secs(24 * 3600);

/// What a token must say.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) audience: String,
    pub(super) issuer: Option<String>,
    pub(super) leeway: Duration,
}

/// The reason for which a token is refused.
#[derive(Debug)]
pub(super) enum Refused {
    /// It was valid until its `exp`.
    Expired,
    /// No key has its algorithm and its id.
    UnknownKey,
    /// Everything else. The text is for the operator alone, and may quote the token.
    Invalid(String),
}

impl Expected {
    pub(super) const fn of(audience: String) -> Self {
        Self { audience, issuer: None, leeway: Duration::from_secs(60) }
    }

    /// Returns the rules for the tokens with each algorithm that a key may have.
    pub(super) fn validations(&self) -> Vec<Validation> {
        ALGORITHMS.iter().map(|algorithm| self.validation(*algorithm)).collect()
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.leeway = self.leeway.min(MAX_LEEWAY).as_secs();
        validation.validate_nbf = true;
        validation.set_audience(&[&self.audience]);
        let mut required = vec!["exp", "aud"];
        if let Some(issuer) = &self.issuer {
            validation.set_issuer(&[issuer]);
            required.push("iss");
        }
        validation.set_required_spec_claims(&required);
        validation
    }
}

/// Verifies a token with the keys for which it may have been made, and returns its claims.
pub(super) fn verify<C: DeserializeOwned>(
    token: &str,
    keys: &[JwtKey],
    validations: &[Validation],
) -> Result<C, Refused> {
    let header = decode_header(token).map_err(|error| invalid(&error))?;
    let is_candidate = |key: &&JwtKey| {
        let is_other = matches!((&header.kid, &key.id), (Some(kid), Some(id)) if kid != id);
        key.algorithm == header.alg && !is_other
    };
    let validation = validations.iter().find(|validation| validation.algorithms.contains(&header.alg));
    let Some(validation) = validation else { return Err(Refused::UnknownKey) };
    let mut refused = Refused::UnknownKey;
    for key in keys.iter().filter(is_candidate).take(MAX_TRIES) {
        match decode(token, &key.key, validation) {
            Ok(decoded) => return Ok(decoded.claims),
            Err(error) if is_of_another_key(&error) => refused = invalid(&error),
            // The signature was right, so no other key is the right one.
            Err(error) => return Err(reason(&error, token, key, validation)),
        }
    }
    Err(refused)
}

/// Returns true if another key may verify the token.
fn is_of_another_key(error: &Error) -> bool {
    use ErrorKind::{
        InvalidAlgorithm, InvalidEcdsaKey, InvalidEddsaKey, InvalidKeyFormat, InvalidRsaKey, InvalidSignature,
    };
    matches!(
        error.kind(),
        InvalidSignature
            | InvalidAlgorithm
            | InvalidEcdsaKey
            | InvalidEddsaKey
            | InvalidKeyFormat
            | InvalidRsaKey(_)
    )
}

/// Returns the reason why a token with a right signature is refused.
fn reason(error: &Error, token: &str, key: &JwtKey, validation: &Validation) -> Refused {
    let is_expired = |error: &Error| matches!(error.kind(), ErrorKind::ExpiredSignature);
    // Claims of another type are found before `exp` is looked at. But a client can mend a token that has expired.
    let is_of_another_type = matches!(error.kind(), ErrorKind::Json(_));
    let has_expired = is_expired(error)
        || is_of_another_type
            && decode::<IgnoredAny>(token, &key.key, validation).is_err_and(|error| is_expired(&error));
    if has_expired { Refused::Expired } else { invalid(error) }
}

/// `Debug` escapes what the token contains.
fn invalid(error: &Error) -> Refused {
    Refused::Invalid(format!("{:?}", error.kind()))
}

/// Returns the time until the `exp` of a verified token.
pub(super) fn expires_in(token: &str, now: SystemTime) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Expires {
        exp: f64,
    }
    let Expires { exp } = insecure_decode_claims(token).ok()?;
    let now = now.duration_since(UNIX_EPOCH).ok()?;
    Duration::try_from_secs_f64(exp).ok()?.checked_sub(now)
}

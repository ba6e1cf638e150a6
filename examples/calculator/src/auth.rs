//! Authentication: the credential that a client sends, and the caller that it proves.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use vestibule::metadata::{Bearer, InvalidValue};
use vestibule::{FromMetadata, grpc_error, interceptor};

/// The token that the tutorials use.
pub const STATIC_TOKEN: &str = "mon-secret-token";

/// Accepts the callers that [`Auth`] knows, and provides the [`Caller`].
#[interceptor(phase = Authenticate)]
pub async fn authenticate(auth: &Auth, credential: &Credential<'_>) -> Result<Caller, InvalidToken> {
    auth.verify(credential)
}

/// The value of `authorization`: a JWT after `Bearer`, or a token that is the whole value.
pub enum Credential<'a> {
    /// `Bearer <JWT>`.
    Jwt(Bearer<'a>),
    /// Every other value.
    Token(&'a str),
}

impl<'a> FromMetadata<'a> for Credential<'a> {
    fn from_metadata(value: &'a str) -> Result<Self, InvalidValue> {
        Ok(Bearer::from_metadata(value).map_or(Self::Token(value), Self::Jwt))
    }
}

/// Prints only the kind, because a credential may be printed to a log.
impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jwt(_) => "Jwt(..)",
            Self::Token(_) => "Token(..)",
        })
    }
}

/// A caller whose credential was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The caller has the static token, which all clients share.
    StaticToken,
    /// The caller has a JWT, with this `sub` if it has one.
    Subject(Option<String>),
}

/// The one error for every credential that is not accepted. It tells an attacker nothing.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("invalid token")]
#[status(Unauthenticated)]
pub struct InvalidToken;

/// The claims of a JWT that the calculator reads.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The subject of the token.
    pub sub: Option<String>,
    /// The time at which it expires, in seconds since 1970.
    pub exp: u64,
}

/// Verifies credentials.
#[derive(Debug)]
pub struct Auth {
    jwt: Option<(DecodingKey, Validation)>,
}

impl Auth {
    /// Accepts the static token and, if there is a secret, JWTs that are signed with it.
    ///
    /// # Panics
    ///
    /// Panics if the secret is empty.
    #[must_use]
    pub fn new(jwt_secret: Option<&str>) -> Self {
        let key =
            |secret: &str| DecodingKey::from_secret(secret.as_bytes()).expect("the secret is not empty");
        Self { jwt: jwt_secret.map(|secret| (key(secret), validation())) }
    }

    fn verify(&self, credential: &Credential<'_>) -> Result<Caller, InvalidToken> {
        match credential {
            Credential::Jwt(bearer) => self.verify_jwt(bearer.token()),
            // The comparison takes constant time. Its duration may tell the length of the token, and
            // nothing else.
            Credential::Token(token) if token.as_bytes().ct_eq(STATIC_TOKEN.as_bytes()).into() => {
                Ok(Caller::StaticToken)
            }
            Credential::Token(_) => Err(InvalidToken),
        }
    }

    fn verify_jwt(&self, token: &str) -> Result<Caller, InvalidToken> {
        let (key, validation) = self.jwt.as_ref().ok_or(InvalidToken)?;
        match jsonwebtoken::decode::<Claims>(token, key, validation) {
            Ok(decoded) => Ok(Caller::Subject(decoded.claims.sub)),
            Err(error) => {
                // Only the operator may see the reason. `Debug` escapes it, because it may quote what
                // the client has sent.
                tracing::info!(reason = ?error.kind(), "JWT refused");
                Err(InvalidToken)
            }
        }
    }
}

/// Accepts HS256 alone, because a token must not choose how it is verified.
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["exp"]);
    validation.validate_nbf = true;
    // The limit is exact to the second. By RFC 7519, a token is not accepted "on or after" its `exp`.
    validation.leeway = 0;
    validation.reject_tokens_expiring_in_less_than = 1;
    validation
}

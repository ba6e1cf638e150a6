//! Who calls: the credential a client shows, and what it proves.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use vestibule::metadata::{Bearer, InvalidValue};
use vestibule::{FromMetadata, grpc_error, interceptor};

/// The token of the tutorials.
pub const STATIC_TOKEN: &str = "mon-secret-token";

/// Lets in the callers that [`Auth`] knows, and provides who they are.
#[interceptor]
pub async fn authenticate(auth: &Auth, credential: &Credential<'_>) -> Result<Caller, InvalidToken> {
    auth.verify(credential)
}

/// What a client shows in `authorization`: a JWT after `Bearer`, or a token that is the whole value.
pub enum Credential<'a> {
    /// `Bearer <JWT>`.
    Jwt(Bearer<'a>),
    /// Anything else.
    Token(&'a str),
}

impl<'a> FromMetadata<'a> for Credential<'a> {
    fn from_metadata(value: &'a str) -> Result<Self, InvalidValue> {
        Ok(Bearer::from_metadata(value).map_or(Self::Token(value), Self::Jwt))
    }
}

/// Prints the kind alone: it ends up in logs.
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
    /// By the static token, which is everybody's.
    StaticToken,
    /// By a JWT with this `sub`, if it has one.
    Subject(Option<String>),
}

/// The one answer to a credential that is not accepted: it tells an attacker nothing.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("invalid token")]
#[status(Unauthenticated)]
pub struct InvalidToken;

/// What the calculator reads of a JWT.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Whom the token is about.
    pub sub: Option<String>,
    /// When it expires, in seconds since 1970.
    pub exp: u64,
}

/// What credentials are verified with.
#[derive(Debug)]
pub struct Auth {
    jwt: Option<(DecodingKey, Validation)>,
}

impl Auth {
    /// Accepts the static token, and if there is a secret, JWTs that were signed with it.
    #[must_use]
    pub fn new(jwt_secret: Option<&str>) -> Self {
        let jwt = jwt_secret.map(|secret| (DecodingKey::from_secret(secret.as_bytes()), validation()));
        Self { jwt }
    }

    fn verify(&self, credential: &Credential<'_>) -> Result<Caller, InvalidToken> {
        match credential {
            Credential::Jwt(bearer) => self.verify_jwt(bearer.token()),
            // The time it takes tells the length at most, never how much was right.
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
                // The reason is for the operator alone. As `Debug`: it may quote what the client sent.
                tracing::info!(reason = ?error.kind(), "JWT refused");
                Err(InvalidToken)
            }
        }
    }
}

/// HS256 and nothing else: a token must not choose how it is verified.
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["exp"]);
    validation.validate_nbf = true;
    // To the second, by RFC 7519: a token is not accepted "on or after" its `exp`.
    validation.leeway = 0;
    validation.reject_tokens_expiring_in_less_than = 1;
    validation
}

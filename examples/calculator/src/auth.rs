//! Authentication: the credential that a client sends, and the caller that it proves.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use vestibule::metadata::{Bearer, InvalidValue};
use vestibule::{Call, FromMetadata, Status, grpc_error, interceptor};
use vestibule_interceptors::{HasRole, Jwt, JwtKey};

/// The token that the tutorials use.
pub const STATIC_TOKEN: &str = "mon-secret-token";

/// The `aud` of the JWTs for this service. A JWT for another service is refused.
pub const AUDIENCE: &str = "calculator";

/// Accepts the callers that [`Auth`] knows, and provides the [`Caller`].
#[interceptor(phase = Authenticate)]
pub async fn authenticate(call: &Call, auth: &Auth, credential: &Credential<'_>) -> Result<Caller, Status> {
    match credential {
        Credential::Jwt(bearer) => auth.verify_jwt(call, bearer.token()).await,
        // The comparison takes constant time. Its duration may tell the length of the token, and nothing
        // else.
        Credential::Token(token) if token.as_bytes().ct_eq(STATIC_TOKEN.as_bytes()).into() => {
            Ok(Caller::StaticToken)
        }
        Credential::Token(_) => Err(InvalidToken.into()),
    }
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
#[derive(Clone, Debug)]
pub enum Caller {
    /// The caller has the static token, which all clients share.
    StaticToken,
    /// The caller has a JWT with these claims.
    Jwt(Arc<Claims>),
}

/// What a caller does, in the words of whoever makes the JWTs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A clerk may add.
    Clerk,
    /// An auditor may not.
    Auditor,
}

impl HasRole<Role> for Caller {
    fn has_role(&self, role: &Role) -> bool {
        match self {
            Self::StaticToken => *role == Role::Clerk,
            Self::Jwt(claims) => claims.roles.contains(role),
        }
    }
}

/// The error of a credential that is not accepted, with the text that [`Jwt`] has too. It tells an attacker nothing.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("invalid token")]
#[status(Unauthenticated)]
pub struct InvalidToken;

/// The claims of a JWT that the calculator reads. [`Jwt`] itself checks `aud`, `exp` and `nbf`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The subject of the token.
    pub sub: Option<String>,
    /// The roles of the subject. A token without roles proves who calls, and allows nothing.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// Verifies credentials.
#[derive(Clone, Debug)]
pub struct Auth {
    jwt: Option<Jwt<Claims>>,
}

impl Auth {
    /// Accepts the static token and, if there is a key, JWTs that the key verifies.
    #[must_use]
    pub fn new(key: Option<JwtKey>) -> Self {
        Self { jwt: key.map(|key| Jwt::new([key], AUDIENCE).remember(1000)) }
    }

    async fn verify_jwt(&self, call: &Call, token: &str) -> Result<Caller, Status> {
        let jwt = self.jwt.as_ref().ok_or(InvalidToken)?;
        Ok(Caller::Jwt(jwt.verify(call, token).await?))
    }
}

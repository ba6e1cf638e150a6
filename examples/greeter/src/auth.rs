//! Authentication: only a client that has the token is greeted.

use std::fmt;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use vestibule::metadata::{Bearer, InvalidValue};
use vestibule::{grpc_error, interceptor};

/// The token that the tutorials use.
pub const TOKEN: &str = "some-secret-token";

/// Accepts the calls that carry the token.
///
/// With a plain `Bearer<'_>`, a missing or malformed value would be rejected before this runs, with
/// a message of its own. The `Result` lets this function reject it, so that all messages are equal.
#[interceptor(phase = Authenticate)]
pub async fn authenticate(
    token: &Token,
    #[metadata("authorization")] shown: Result<Bearer<'_>, InvalidValue>,
) -> Result<(), InvalidToken> {
    match shown {
        Ok(bearer) if token.is(bearer.token()) => Ok(()),
        _ => Err(InvalidToken),
    }
}

/// The token that the server accepts.
#[derive(Clone)]
pub struct Token(Arc<str>);

impl Token {
    /// Makes a token of this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Compares in constant time: the duration may tell the length of the token, and nothing else.
    fn is(&self, shown: &str) -> bool {
        shown.as_bytes().ct_eq(self.0.as_bytes()).into()
    }
}

/// Hides the token, because a greeter may be printed to a log.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// The one error for every call without the right token. It tells an attacker nothing.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("invalid token")]
#[status(Unauthenticated)]
pub struct InvalidToken;

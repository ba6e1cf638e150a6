//! Who may be greeted: whoever has the token.

use std::fmt;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use vestibule::metadata::{Bearer, InvalidValue};
use vestibule::{grpc_error, interceptor};

/// The token of the tutorials.
pub const TOKEN: &str = "some-secret-token";

/// Lets in the calls that show the token.
///
/// As a plain `Bearer<'_>`, a missing or malformed value would be refused before this runs, with a
/// message of its own. A `Result` leaves it to us, so that all of them read the same.
#[interceptor]
pub async fn authenticate(
    token: &Token,
    #[metadata("authorization")] shown: Result<Bearer<'_>, InvalidValue>,
) -> Result<(), InvalidToken> {
    match shown {
        Ok(bearer) if token.is(bearer.token()) => Ok(()),
        _ => Err(InvalidToken),
    }
}

/// The token that lets in.
#[derive(Clone)]
pub struct Token(Arc<str>);

impl Token {
    /// A token that is this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The time it takes tells the length at most, never how much was right.
    fn is(&self, shown: &str) -> bool {
        shown.as_bytes().ct_eq(self.0.as_bytes()).into()
    }
}

/// Does not print it: a greeter may end up in logs.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// The one answer to whoever is not let in: it tells an attacker nothing.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("invalid token")]
#[status(Unauthenticated)]
pub struct InvalidToken;

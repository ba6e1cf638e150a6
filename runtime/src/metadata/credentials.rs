use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{FromMetadata, InvalidValue};

/// The token of `Bearer <token>` ([RFC 6750]), borrowed from the call.
///
/// The scheme is compared without case. `Debug` does not print the token.
///
/// ```
/// use vestibule::metadata::Bearer;
/// use vestibule::{Status, interceptor};
///
/// #[interceptor]
/// async fn authenticate(secret: &str, #[metadata("authorization")] bearer: Bearer<'_>) -> Result<(), Status> {
///     // A real server compares in constant time.
///     if bearer.token() == secret { Ok(()) } else { Err(Status::unauthenticated("invalid token")) }
/// }
/// ```
///
/// [RFC 6750]: https://www.rfc-editor.org/rfc/rfc6750#section-2.1
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bearer<'a>(&'a str);

impl<'a> Bearer<'a> {
    /// Returns the token. It is not empty and contains no spaces.
    ///
    /// ```
    /// use vestibule::FromMetadata;
    /// use vestibule::metadata::Bearer;
    ///
    /// let bearer = Bearer::from_metadata("Bearer s3cret").unwrap();
    /// assert_eq!(bearer.token(), "s3cret");
    /// ```
    #[must_use]
    pub fn token(&self) -> &'a str {
        self.0
    }
}

impl<'a> FromMetadata<'a> for Bearer<'a> {
    fn from_metadata(value: &'a str) -> Result<Self, InvalidValue> {
        after_scheme(value, "bearer").map(Self).ok_or_else(|| InvalidValue::new("expected `Bearer <token>`"))
    }
}

impl fmt::Debug for Bearer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(..)")
    }
}

/// The user name and password of `Basic <base64>` ([RFC 7617]).
///
/// The scheme is compared without case. `Debug` does not print the password.
///
/// ```
/// use vestibule::FromMetadata;
/// use vestibule::metadata::Basic;
///
/// let basic = Basic::from_metadata("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==").unwrap();
/// assert_eq!(basic.username(), "Aladdin");
/// assert_eq!(basic.password(), "open sesame");
/// ```
///
/// [RFC 7617]: https://www.rfc-editor.org/rfc/rfc7617
#[derive(Clone, PartialEq, Eq)]
pub struct Basic {
    decoded: String,
    colon: usize,
}

impl Basic {
    /// Returns the user name: the text before the first colon. The example of [`Basic`] calls it.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.decoded[..self.colon]
    }

    /// Returns the password: the text after the first colon. The example of [`Basic`] calls it.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.decoded[self.colon + 1..]
    }
}

impl FromMetadata<'_> for Basic {
    fn from_metadata(value: &str) -> Result<Self, InvalidValue> {
        let parse = || {
            let decoded = BASE64_STANDARD.decode(after_scheme(value, "basic")?).ok()?;
            let decoded = String::from_utf8(decoded).ok()?;
            let colon = decoded.find(':')?;
            Some(Self { decoded, colon })
        };
        parse().ok_or_else(|| InvalidValue::new("expected `Basic <base64 of name:password>`"))
    }
}

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic").field("username", &self.username()).finish_non_exhaustive()
    }
}

/// Returns the credentials after `scheme`, if they are one word. RFC 9110, section 11.1, compares schemes without
/// case.
fn after_scheme<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    let (given, rest) = value.split_at_checked(scheme.len())?;
    let credentials = rest.strip_prefix(' ')?.trim_matches(' ');
    (given.eq_ignore_ascii_case(scheme) && !credentials.is_empty() && !credentials.as_bytes().contains(&b' '))
        .then_some(credentials)
}

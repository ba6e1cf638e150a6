use std::error::Error;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use http::HeaderValue;

/// The longest id that is accepted, in bytes.
const MAX_LEN: usize = 128;

/// The id of a request: 1 to 128 letters, digits, `.`, `_` and `-`.
///
/// `SetRequestId` (feature `request-id`) provides it to the handler, and [`current_request_id`](crate::current_request_id)
/// returns it. A clone is cheap. It dereferences to `str`.
///
/// ```
/// use vestibule_interceptors::RequestId;
///
/// let id: RequestId = "order-7".parse()?;
/// assert_eq!(id.as_str(), "order-7");
/// assert!("two words".parse::<RequestId>().is_err());
/// # Ok::<_, vestibule_interceptors::InvalidRequestId>(())
/// ```
///
/// A task that the handler spawns does not know the id. Put the id into the extensions of a request, and
/// [`PropagateRequestId`](crate::PropagateRequestId) passes it on:
///
/// ```
/// use proto::hello::HelloRequest;
/// use tonic::Request;
/// use vestibule_interceptors::RequestId;
///
/// fn request(id: &RequestId) -> Request<HelloRequest> {
///     let mut request = Request::new(HelloRequest { name: "Ada".to_owned() });
///     request.extensions_mut().insert(id.clone());
///     request
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// Returns the id in a header, whose memory it shares.
    #[cfg(feature = "request-id")]
    pub(super) fn from_header(value: &HeaderValue) -> Option<Self> {
        Self::checked(value.clone())
    }

    /// Returns the text of a UUID as an id.
    #[cfg(feature = "request-id")]
    pub(super) fn from_uuid(text: &str) -> Self {
        Self::unchecked(HeaderValue::from_str(text).expect("a UUID has hexadecimal digits and hyphens"))
    }

    fn checked(value: HeaderValue) -> Option<Self> {
        let is_valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
        let bytes = value.as_bytes();
        ((1..=MAX_LEN).contains(&bytes.len()) && bytes.iter().all(is_valid)).then(|| Self::unchecked(value))
    }

    fn unchecked(mut value: HeaderValue) -> Self {
        // HTTP/2 then sends it as a literal that is never indexed. No later call has the same id, so an entry in the table of
        // RFC 7541 would only push out headers that repeat.
        value.set_sensitive(true);
        Self(value)
    }

    /// Returns the id as the value of a header.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// Returns the id as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.to_str().expect("the characters have been checked")
    }
}

impl FromStr for RequestId {
    type Err = InvalidRequestId;

    fn from_str(id: &str) -> Result<Self, InvalidRequestId> {
        let value = HeaderValue::from_str(id).map_err(|_| InvalidRequestId(()))?;
        Self::checked(value).ok_or(InvalidRequestId(()))
    }
}

impl TryFrom<&str> for RequestId {
    type Error = InvalidRequestId;

    fn try_from(id: &str) -> Result<Self, InvalidRequestId> {
        id.parse()
    }
}

impl AsRef<str> for RequestId {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Deref for RequestId {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// The error of a text that is no [`RequestId`].
///
/// ```
/// use vestibule_interceptors::RequestId;
///
/// let error = RequestId::try_from("two words").unwrap_err();
/// assert_eq!(error.to_string(), "a request id has 1 to 128 letters, digits, `.`, `_` and `-`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRequestId(());

impl fmt::Display for InvalidRequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request id has 1 to 128 letters, digits, `.`, `_` and `-`")
    }
}

impl Error for InvalidRequestId {}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_never_indexed() {
        assert!(RequestId::try_from("a").unwrap().header().is_sensitive());
    }

    #[test]
    fn an_id_has_few_characters_and_a_limited_length() {
        for id in ["a", "A-z_0.9", &"x".repeat(128)] {
            assert_eq!(id.parse::<RequestId>().as_deref(), Ok(id));
        }
        for id in ["", " ", "a b", "a\"b", "a=b", "é", "a\n", "a/b", &"x".repeat(129)] {
            assert_eq!(RequestId::try_from(id), Err(InvalidRequestId(())), "{id}");
        }
    }
}

use std::fmt;
use std::ops::Deref;

use tonic::metadata::{Ascii, MetadataValue};

/// The longest id that is accepted, in bytes.
const MAX_LEN: usize = 128;

/// The id of a request: 1 to 128 letters, digits, `.`, `_` and `-`.
///
/// `RequestId` (feature `request-id`) provides it to the handler, and [`current_request_id`](crate::current_request_id)
/// returns it. A clone is cheap. It dereferences to `str`.
///
/// ```
/// use vestibule_interceptors::RequestIdValue;
///
/// let id = RequestIdValue::new("order-7").unwrap();
/// assert_eq!(id.as_str(), "order-7");
/// assert!(RequestIdValue::new("two words").is_none());
/// ```
///
/// A task that the handler spawns does not know the id. Put the id into the extensions of a request, and
/// [`PropagateRequestId`](crate::PropagateRequestId) passes it on:
///
/// ```
/// use proto::hello::HelloRequest;
/// use tonic::Request;
/// use vestibule_interceptors::RequestIdValue;
///
/// fn request(id: &RequestIdValue) -> Request<HelloRequest> {
///     let mut request = Request::new(HelloRequest { name: "Ada".to_owned() });
///     request.extensions_mut().insert(id.clone());
///     request
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RequestIdValue(MetadataValue<Ascii>);

impl RequestIdValue {
    /// Returns the id, or `None` if the text has another character or another length. The example of [`RequestIdValue`]
    /// calls it.
    #[must_use]
    pub fn new(id: &str) -> Option<Self> {
        Self::from_metadata(&MetadataValue::try_from(id).ok()?)
    }

    /// Returns the id in a value of metadata, whose memory it shares.
    pub(super) fn from_metadata(value: &MetadataValue<Ascii>) -> Option<Self> {
        let is_valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
        let bytes = value.as_encoded_bytes();
        ((1..=MAX_LEN).contains(&bytes.len()) && bytes.iter().all(is_valid)).then(|| Self(value.clone()))
    }

    /// Returns the id as a value of metadata.
    pub(super) fn metadata(&self) -> MetadataValue<Ascii> {
        self.0.clone()
    }

    /// Returns the id as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.to_str().expect("the characters have been checked")
    }
}

impl Deref for RequestIdValue {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for RequestIdValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Debug for RequestIdValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_few_characters_and_a_limited_length() {
        for id in ["a", "A-z_0.9", &"x".repeat(128)] {
            assert_eq!(RequestIdValue::new(id).as_deref(), Some(id));
        }
        for id in ["", " ", "a b", "a\"b", "a=b", "é", "a\n", "a/b", &"x".repeat(129)] {
            assert_eq!(RequestIdValue::new(id), None, "{id}");
        }
    }
}

use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::HeaderValue;
use http::header::ValueIter;
use tonic::metadata::{Ascii, Binary, MetadataMap};

use super::InvalidValue;

/// The encoding of a key's values: tonic's [`Ascii`], or [`Binary`] if the key ends in `-bin`.
///
/// The trait is sealed: no other type implements it.
///
/// ```
/// use vestibule::metadata::{Ascii, Encoding};
///
/// fn length(value: <Ascii as Encoding>::Value<'_>) -> usize {
///     value.len() // a `&str`
/// }
/// # assert_eq!(length("abc"), 3);
/// ```
pub trait Encoding: sealed::Sealed {
    /// A decoded value: `&str` for text, [`Bytes`] for binary.
    type Value<'a>;

    #[doc(hidden)]
    const IS_BINARY: bool;

    #[doc(hidden)]
    fn decode(raw: &[u8]) -> Result<Self::Value<'_>, InvalidValue>;
}

impl Encoding for Ascii {
    type Value<'a> = &'a str;

    const IS_BINARY: bool = false;

    /// Accepts printable ASCII alone, as gRPC's PROTOCOL-HTTP2 does: `ASCII-Value → 1*( %x20-%x7E )`. tonic accepts
    /// other bytes as well.
    fn decode(raw: &[u8]) -> Result<&str, InvalidValue> {
        // The fold has no early exit, so that the compiler compares many bytes at a time.
        let is_printable = raw.iter().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'));
        let text = std::str::from_utf8(raw).ok().filter(|_| is_printable);
        text.ok_or_else(|| InvalidValue::new("expected printable ASCII"))
    }
}

/// Decodes base64 with or without padding: gRPC's PROTOCOL-HTTP2 says that both must be accepted.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Encoding for Binary {
    type Value<'a> = Bytes;

    const IS_BINARY: bool = true;

    fn decode(raw: &[u8]) -> Result<Bytes, InvalidValue> {
        let bytes = BASE64.decode(raw).map_err(|_| InvalidValue::new("expected base64"))?;
        Ok(bytes.into())
    }
}

mod sealed {
    use tonic::metadata::{Ascii, Binary};

    pub trait Sealed {}

    impl Sealed for Ascii {}
    impl Sealed for Binary {}
}

/// The values of one key, in order.
///
/// It is an iterator. The example of [`FromMetadata::from_values`](super::FromMetadata::from_values) reads it. A binary
/// header is split at commas, as gRPC's PROTOCOL-HTTP2 requires, because a peer or a proxy may have joined
/// several values.
pub struct Values<'a, E> {
    headers: ValueIter<'a, HeaderValue>,
    /// The part of a binary header behind a comma, which is yet to be read.
    joined: Option<&'a [u8]>,
    encoding: PhantomData<E>,
}

impl<'a, E: Encoding> Values<'a, E> {
    pub(super) fn new(metadata: &'a MetadataMap, key: &str) -> Self {
        let headers = metadata.as_ref().get_all(key).iter();
        Self { headers, joined: None, encoding: PhantomData }
    }

    /// Returns true if the key has no value, or if all values have been read.
    ///
    /// [`FromMetadata::from_values`](super::FromMetadata::from_values) has an example.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.headers.size_hint().0 == 0 && self.joined.is_none()
    }

    pub(super) fn exactly_one(mut self) -> Result<E::Value<'a>, InvalidValue> {
        let raw = self.next_raw().ok_or(InvalidValue::missing())?;
        match self.next_raw() {
            None => E::decode(raw),
            Some(_) => Err(InvalidValue::repeated()),
        }
    }

    fn next_raw(&mut self) -> Option<&'a [u8]> {
        let raw = match self.joined.take() {
            Some(rest) => rest,
            None => self.headers.next()?.as_bytes(),
        };
        if !E::IS_BINARY {
            return Some(raw);
        }
        let Some(comma) = raw.iter().position(|&byte| byte == b',') else {
            return Some(raw.trim_ascii());
        };
        self.joined = Some(&raw[comma + 1..]);
        Some(raw[..comma].trim_ascii())
    }
}

impl<'a, E: Encoding> Iterator for Values<'a, E> {
    type Item = Result<E::Value<'a>, InvalidValue>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_raw().map(E::decode)
    }
}

impl<E> fmt::Debug for Values<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").finish_non_exhaustive()
    }
}

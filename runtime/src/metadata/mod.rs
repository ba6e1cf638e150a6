//! Typed metadata: the trait [`FromMetadata`], and the types that implement it.

mod binary;
mod credentials;
mod error;
mod reserved;
mod size;
mod text;
mod timeout;
mod values;

pub use binary::Protobuf;
pub use credentials::{Basic, Bearer};
pub use error::InvalidValue;
pub(crate) use reserved::{
    ENCODING, PUSHBACK, drop_copied, drop_http, drop_reserved, drop_reserved_of_status, headers_of_service,
    removable, strip_response,
};
pub(crate) use size::{HEADER_OVERHEAD, MAX_HEADERS_SIZE, headers_size};
pub(crate) use timeout::{HEADER as TIMEOUT, value as timeout_value};
pub use tonic::metadata::{Ascii, Binary};
pub(crate) use values::BASE64;
pub use values::{Encoding, Values};

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use tonic::Status;
use tonic::metadata::MetadataMap;

/// A type that can be read from the value of a metadata key.
///
/// A parameter with `#[metadata("key")]` has such a type, and [`Call::get`](crate::Call::get) returns such a type.
///
/// | key | types |
/// | --- | --- |
/// | text ([`Ascii`]) | `&str`, `String`, `bool`, integers (except `u8`), floats, [`Bearer`], [`Basic`], [`Duration`] in gRPC's form (`100m`), tonic's `MetadataValue<Ascii>` |
/// | `-bin` ([`Binary`]) | [`Bytes`](bytes::Bytes), `Vec<u8>`, [`Protobuf<M>`](Protobuf), tonic's `MetadataValue<Binary>` |
///
/// The type says how many values the key must have:
///
/// | type | values |
/// | --- | --- |
/// | `T` | exactly one |
/// | `Option<T>` | none or one |
/// | `Vec<T>` | any number, in order |
/// | `Result<T, InvalidValue>` | as for `T`; invalid metadata does not reject the call |
///
/// A binary header is split at commas, as gRPC requires. A text header is not split: a comma is part of its value.
///
/// Implement the trait for a type of your own:
///
/// ```
/// use vestibule::FromMetadata;
/// use vestibule::metadata::InvalidValue;
///
/// enum Locale { French, English }
///
/// impl FromMetadata<'_> for Locale {
///     fn from_metadata(value: &str) -> Result<Self, InvalidValue> {
///         match value {
///             "fr-FR" => Ok(Locale::French),
///             "en" => Ok(Locale::English),
///             _ => Err(InvalidValue::new("expected `fr-FR` or `en`")),
///         }
///     }
/// }
/// ```
///
/// A text value is a `&str`. A binary value is decoded [`Bytes`](bytes::Bytes):
///
/// ```
/// use vestibule::FromMetadata;
/// use vestibule::metadata::{Binary, InvalidValue};
///
/// struct TraceId([u8; 16]);
///
/// impl FromMetadata<'_, Binary> for TraceId {
///     fn from_metadata(value: bytes::Bytes) -> Result<Self, InvalidValue> {
///         let id = value[..].try_into().map_err(|_| InvalidValue::new("expected 16 bytes"))?;
///         Ok(TraceId(id))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from the metadata of this key",
    label = "not a type for the values of this key",
    note = "a key that ends in `-bin` has bytes, such as `Bytes` or `Protobuf<M>`; any other key has text, such as `&str`, `u32` or `Bearer`",
    note = "for a type of your own, implement `FromMetadata`"
)]
pub trait FromMetadata<'a, E: Encoding = Ascii>: Sized {
    /// Reads one value. The examples of the trait implement it.
    ///
    /// # Errors
    ///
    /// Returns the reason why the value is invalid. The client receives this text, so it must not contain a secret.
    fn from_metadata(value: E::Value<'a>) -> Result<Self, InvalidValue>;

    /// Reads all values of a key. The default requires exactly one value.
    ///
    /// `Option`, `Vec` and `Result` have an implementation of their own, and so may a type that takes several values:
    ///
    /// ```
    /// use vestibule::FromMetadata;
    /// use vestibule::metadata::{Ascii, InvalidValue, Values};
    ///
    /// /// One tag at least.
    /// struct Tags<'a>(Vec<&'a str>);
    ///
    /// impl<'a> FromMetadata<'a> for Tags<'a> {
    ///     fn from_metadata(tag: &'a str) -> Result<Self, InvalidValue> {
    ///         Ok(Tags(vec![tag]))
    ///     }
    ///
    ///     fn from_values(tags: Values<'a, Ascii>) -> Result<Self, InvalidValue> {
    ///         if tags.is_empty() {
    ///             return Err(InvalidValue::missing());
    ///         }
    ///         tags.collect::<Result<_, _>>().map(Tags)
    ///     }
    /// }
    ///
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// # let mut request = tonic::Request::new(());
    /// # request.metadata_mut().append("x-tag", "new".parse().unwrap());
    /// # request.metadata_mut().append("x-tag", "red".parse().unwrap());
    /// # let call = Call::new(ECHO, request);
    /// assert_eq!(call.get::<Tags<'_>>("x-tag").unwrap().0, ["new", "red"]);
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the reason why the values are invalid, as [`from_metadata`](Self::from_metadata) does.
    fn from_values(values: Values<'a, E>) -> Result<Self, InvalidValue> {
        Self::from_metadata(values.exactly_one()?)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Encoding, T: FromMetadata<'a, E>> FromMetadata<'a, E> for Option<T> {
    fn from_metadata(value: E::Value<'a>) -> Result<Self, InvalidValue> {
        T::from_metadata(value).map(Some)
    }

    fn from_values(values: Values<'a, E>) -> Result<Self, InvalidValue> {
        if values.is_empty() { Ok(None) } else { T::from_values(values).map(Some) }
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Encoding, T: FromMetadata<'a, E>> FromMetadata<'a, E> for Vec<T> {
    fn from_metadata(value: E::Value<'a>) -> Result<Self, InvalidValue> {
        Ok(vec![T::from_metadata(value)?])
    }

    fn from_values(values: Values<'a, E>) -> Result<Self, InvalidValue> {
        values.map(|value| T::from_metadata(value?)).collect()
    }
}

/// Never rejects the call: the handler or the interceptor decides what an error means.
#[diagnostic::do_not_recommend]
impl<'a, E: Encoding, T: FromMetadata<'a, E>> FromMetadata<'a, E> for Result<T, InvalidValue> {
    fn from_metadata(value: E::Value<'a>) -> Result<Self, InvalidValue> {
        Ok(T::from_metadata(value))
    }

    fn from_values(values: Values<'a, E>) -> Result<Self, InvalidValue> {
        Ok(T::from_values(values))
    }
}

/// Reads `key` as `T`.
pub(crate) fn read<'a, T, E>(metadata: &'a MetadataMap, key: &'static str) -> Result<T, Status>
where
    T: FromMetadata<'a, E>,
    E: Encoding,
{
    let is_valid = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.');
    if key.is_empty() || !key.bytes().all(is_valid) || key.ends_with("-bin") != E::IS_BINARY {
        return Err(wrong_key(key));
    }
    T::from_values(Values::new(metadata, key)).map_err(|error| error.into_status(key))
}

/// Returns the status for a key that the attributes refuse when the program is compiled.
#[cold]
fn wrong_key(key: &str) -> Status {
    tracing::error!(target: "vestibule", key, "not a metadata key, or binary (`-bin`) where text is read or the reverse");
    Status::internal("internal error")
}

/// Returns the client's `grpc-timeout`, if it is well-formed.
pub(crate) fn timeout(headers: &HeaderMap) -> Option<Duration> {
    timeout::parse(first_value(headers, &timeout::HEADER)?.to_str().ok()?)
}

/// Returns the first value of a header. It compares the few names of a request one by one, which is quicker than to
/// hash the name: every call asks for such headers.
pub(crate) fn first_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
}

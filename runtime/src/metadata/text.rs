use std::time::Duration;

use tonic::metadata::{Ascii, MetadataValue};

use super::{FromMetadata, InvalidValue, timeout};

impl<'a> FromMetadata<'a> for &'a str {
    fn from_metadata(value: &'a str) -> Result<Self, InvalidValue> {
        Ok(value)
    }
}

impl FromMetadata<'_> for String {
    fn from_metadata(value: &str) -> Result<Self, InvalidValue> {
        Ok(value.to_owned())
    }
}

impl FromMetadata<'_> for MetadataValue<Ascii> {
    fn from_metadata(value: &str) -> Result<Self, InvalidValue> {
        value.parse().map_err(|_| InvalidValue::new("expected printable ASCII"))
    }
}

/// Reads gRPC's form: up to eight digits and a unit, `H`, `M`, `S`, `m`, `u` or `n`.
impl FromMetadata<'_> for Duration {
    fn from_metadata(value: &str) -> Result<Self, InvalidValue> {
        timeout::parse(value).ok_or_else(|| InvalidValue::new("expected a duration such as `100m`"))
    }
}

macro_rules! from_str {
    ($($expected:literal: $($type:ty)*;)*) => {$($(
        impl FromMetadata<'_> for $type {
            fn from_metadata(value: &str) -> Result<Self, InvalidValue> {
                value.parse().map_err(|_| InvalidValue::new($expected))
            }
        }
    )*)*};
}

// `u8` is missing on purpose: `Vec<u8>` means the bytes of a `-bin` key.
from_str! {
    "expected `true` or `false`": bool;
    "expected a number": f32 f64;
    "expected an 8-bit integer": i8;
    "expected a 16-bit integer": i16;
    "expected a 32-bit integer": i32;
    "expected a 64-bit integer": i64;
    "expected an integer": isize;
    "expected a 128-bit integer": i128;
    "expected an unsigned 16-bit integer": u16;
    "expected an unsigned 32-bit integer": u32;
    "expected an unsigned 64-bit integer": u64;
    "expected an unsigned integer": usize;
    "expected an unsigned 128-bit integer": u128;
}

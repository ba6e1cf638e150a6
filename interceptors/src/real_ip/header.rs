//! The headers in which proxies say whose call they pass on.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::forwarded;
use super::hop::{Hop, address};

/// The header that the proxies write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// `x-forwarded-for`: a list of addresses.
    ForwardedFor,
    /// `forwarded`, RFC 7239: a list of pairs.
    Forwarded,
    /// A header with one address, such as `x-real-ip`.
    Single(HeaderName),
}

impl Source {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::ForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
            Self::Single(name) => name.as_str(),
        }
    }

    /// Returns the addresses in the order in which they were written: the last one is that of the nearest proxy.
    pub(super) fn hops(&self, headers: &HeaderMap) -> Vec<Hop> {
        let values = headers.get_all(self.name()).iter();
        match self {
            Self::ForwardedFor => values.flat_map(list).collect(),
            Self::Forwarded => values.flat_map(forwarded::hops).collect(),
            Self::Single(_) => single(values),
        }
    }
}

/// Reads a list of addresses. Empty elements count as nothing, as in each list of HTTP.
fn list(value: &HeaderValue) -> Vec<Hop> {
    match value.to_str() {
        Ok(text) => text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(address).collect(),
        Err(_) => vec![None],
    }
}

/// Reads the only address. Two values contradict each other, so none of them can be read.
fn single<'a>(values: impl Iterator<Item = &'a HeaderValue>) -> Vec<Hop> {
    let values: Vec<_> = values.collect();
    match values[..] {
        [] => Vec::new(),
        [value] => vec![value.to_str().ok().map(str::trim).and_then(address)],
        _ => vec![None],
    }
}

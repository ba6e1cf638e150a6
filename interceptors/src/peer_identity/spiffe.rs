use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// The scheme and what follows it.
const SCHEME: &str = "spiffe://";
/// The longest id and the longest trust domain, in bytes.
const MAX_LEN: usize = 2048;
const MAX_TRUST_DOMAIN: usize = 255;

/// The name of a workload, as the [SPIFFE ID standard] defines it: `spiffe://example.org/payments/web`.
///
/// ```
/// use vestibule_interceptors::SpiffeId;
///
/// let id: SpiffeId = "spiffe://example.org/payments/web".parse()?;
/// assert_eq!(id.trust_domain(), "example.org");
/// assert_eq!(id.path(), "/payments/web");
/// # Ok::<_, vestibule_interceptors::InvalidSpiffeId>(())
/// ```
///
/// [SPIFFE ID standard]: https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SpiffeId(Box<str>);

impl SpiffeId {
    /// Returns the whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the trust domain, such as `example.org`. The example of [`SpiffeId`] calls it.
    #[must_use]
    pub fn trust_domain(&self) -> &str {
        split(&self.0).0
    }

    /// Returns the path with its first slash, or an empty text. The example of [`SpiffeId`] calls it.
    #[must_use]
    pub fn path(&self) -> &str {
        split(&self.0).1
    }
}

/// Splits an id behind its trust domain.
fn split(id: &str) -> (&str, &str) {
    let rest = &id[SCHEME.len()..];
    rest.split_at(rest.find('/').unwrap_or(rest.len()))
}

/// Returns true for a URI that claims to be a SPIFFE id. A scheme has no case.
pub(super) fn is_spiffe(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("spiffe"))
}

impl FromStr for SpiffeId {
    type Err = InvalidSpiffeId;

    fn from_str(id: &str) -> Result<Self, InvalidSpiffeId> {
        if !id.starts_with(SCHEME) || id.len() > MAX_LEN {
            return Err(InvalidSpiffeId(()));
        }
        let (trust_domain, path) = split(id);
        let is_plain = |byte: u8| byte.is_ascii_digit() || b"._-".contains(&byte);
        let is_of_domain = |byte: u8| byte.is_ascii_lowercase() || is_plain(byte);
        let is_of_path = |byte: u8| byte.is_ascii_alphabetic() || is_plain(byte);
        let is_segment =
            |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(is_of_path);
        let is_valid = (1..=MAX_TRUST_DOMAIN).contains(&trust_domain.len())
            && trust_domain.bytes().all(is_of_domain)
            && (path.is_empty() || path[1..].split('/').all(is_segment));
        if is_valid { Ok(Self(id.into())) } else { Err(InvalidSpiffeId(())) }
    }
}

impl fmt::Display for SpiffeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SpiffeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The error of a text that is no [`SpiffeId`].
///
/// ```
/// use vestibule_interceptors::SpiffeId;
///
/// let error = "https://example.org".parse::<SpiffeId>().unwrap_err();
/// assert_eq!(error.to_string(), "a SPIFFE id is a text such as `spiffe://example.org/payments/web`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSpiffeId(());

impl fmt::Display for InvalidSpiffeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a SPIFFE id is a text such as `spiffe://example.org/payments/web`")
    }
}

impl Error for InvalidSpiffeId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_says_what_an_id_is() {
        let long_domain = format!("spiffe://{}/a", "d".repeat(255));
        for id in [
            "spiffe://example.org",
            "spiffe://example.org/a",
            "spiffe://example.org/a/B_c-d.e/9",
            "spiffe://1.2.3.4/a",
            "spiffe://a_b-c/...",
            &long_domain,
        ] {
            assert_eq!(id.parse::<SpiffeId>().unwrap().as_str(), id);
        }
        let too_long_domain = format!("spiffe://{}/a", "d".repeat(256));
        let too_long = format!("spiffe://example.org/{}", "a".repeat(2048 - 20));
        for text in [
            "",
            "spiffe:",
            "spiffe://",
            "spiffe:///a",
            "SPIFFE://example.org/a",
            "https://example.org/a",
            "spiffe://Example.org/a",
            "spiffe://example.org/",
            "spiffe://example.org/a/",
            "spiffe://example.org//a",
            "spiffe://example.org/./a",
            "spiffe://example.org/a/..",
            "spiffe://example.org/a%20b",
            "spiffe://example.org/é",
            "spiffe://example.org:8080/a",
            "spiffe://user@example.org/a",
            "spiffe://example.org/a?b",
            "spiffe://example.org/a#b",
            " spiffe://example.org/a",
            &too_long_domain,
            &too_long,
        ] {
            assert_eq!(text.parse::<SpiffeId>(), Err(InvalidSpiffeId(())), "{text}");
        }
    }
}

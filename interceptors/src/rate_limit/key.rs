use std::fmt::{self, Display, Write};
use std::hash::{BuildHasher, DefaultHasher, Hasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use vestibule::Call;

/// A function that writes the key of a call.
type WriteKey = Arc<dyn Fn(&Call, &mut dyn Write) + Send + Sync>;

/// The part of a call by which calls are counted apart.
#[derive(Clone)]
pub(super) enum By {
    /// All calls are counted together.
    Nothing,
    /// The address of the connection.
    Ip,
    Function(WriteKey),
}

impl By {
    pub(super) fn function<K: Display>(key: impl Fn(&Call) -> K + Send + Sync + 'static) -> Self {
        Self::Function(Arc::new(move |call, out| write_key(out, &key(call))))
    }

    /// Writes the key of a call.
    pub(super) fn write(&self, call: &Call, out: &mut dyn Write) {
        match self {
            Self::Nothing => {}
            Self::Ip => match call.remote_addr() {
                Some(addr) => write_key(out, &IpKey(addr.ip())),
                None => write_key(out, &"no address"),
            },
            Self::Function(write) => write(call, out),
        }
    }
}

impl fmt::Debug for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Ip => "Ip",
            Self::Function(_) => "Function",
        })
    }
}

/// Writes a key. A `Display` that fails has written its key up to there, and the writers do not fail.
pub(super) fn write_key(out: &mut dyn Write, key: &dyn Display) {
    let _ = write!(out, "{key}");
}

/// The key of an address. A subscriber has a network of 2⁶⁴ addresses of IPv6, so the key is the network.
#[derive(Clone, Copy, Debug)]
pub struct IpKey(pub(super) IpAddr);

impl Display for IpKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.to_canonical() {
            IpAddr::V4(ip) => ip.fmt(f),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                write!(f, "{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }
}

/// Hashes keys. The seed is random, so no caller can find two keys of one hash.
#[derive(Debug, Default)]
pub(super) struct KeyHasher(RandomState);

impl KeyHasher {
    /// Hashes a method, if calls are counted for each, and a key. Nothing is allocated.
    pub(super) fn hash(&self, method: Option<&str>, write: impl FnOnce(&mut dyn Write)) -> u64 {
        let mut hasher = HashedText(self.0.build_hasher());
        if let Some(method) = method {
            hasher.0.write(method.as_bytes());
            // No text contains this byte.
            hasher.0.write_u8(0xff);
        }
        write(&mut hasher);
        hasher.0.finish()
    }
}

struct HashedText(DefaultHasher);

impl Write for HashedText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(ip: &str) -> String {
        IpKey(ip.parse().unwrap()).to_string()
    }

    #[test]
    fn an_address_of_ipv6_counts_with_its_network() {
        assert_eq!(key("192.0.2.7"), "192.0.2.7");
        assert_eq!(key("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    }

    #[test]
    fn the_hash_depends_on_the_text_and_not_on_its_pieces() {
        let hasher = KeyHasher::default();
        let of = |method, parts: &[&str]| {
            hasher.hash(method, |out| parts.iter().for_each(|part| out.write_str(part).unwrap()))
        };
        assert_eq!(of(None, &["a", "b"]), of(None, &["ab"]));
        assert_ne!(of(None, &["ab"]), of(None, &["a"]));
        assert_ne!(of(Some("a"), &["b"]), of(Some("ab"), &[]));
        assert_ne!(of(Some("a"), &[]), of(None, &["a"]));
    }
}

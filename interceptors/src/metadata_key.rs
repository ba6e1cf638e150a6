//! The rules of keys of metadata, in constants.

/// Checks that a key of metadata has a valid form.
///
/// # Panics
///
/// Panics if it has not. In a constant, the panic is a compile error.
const fn check_form(key: &str) {
    let bytes = key.as_bytes();
    assert!(!bytes.is_empty(), "a key of metadata is not empty");
    let mut i = 0;
    while i < bytes.len() {
        assert!(
            matches!(bytes[i], b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.'),
            "a key of metadata has lower-case letters, digits, `_`, `-` and `.`"
        );
        i += 1;
    }
}

/// The keys with which HTTP sends credentials.
const CREDENTIALS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// Checks that a log may have the values of a key.
///
/// # Panics
///
/// Panics if the key has no valid form, or its values are credentials. In a constant, the panic is a compile error.
pub(crate) const fn check_logged(key: &str) {
    check_form(key);
    let mut i = 0;
    while i < CREDENTIALS.len() {
        let is_credential =
            key.len() == CREDENTIALS[i].len() && has(key.as_bytes(), 0, CREDENTIALS[i].as_bytes());
        assert!(!is_credential, "the values of this key are credentials, which a log must not have");
        i += 1;
    }
}

/// Checks a key of text metadata.
///
/// # Panics
///
/// Panics if the key is not valid, or belongs to gRPC. In a constant, the panic is a compile error.
pub(crate) const fn check_text(key: &str) {
    check_form(key);
    let bytes = key.as_bytes();
    assert!(!has(bytes, 0, b"grpc-"), "keys that begin with `grpc-` belong to gRPC");
    let is_binary = bytes.len() >= 4 && has(bytes, bytes.len() - 4, b"-bin");
    assert!(!is_binary, "keys that end in `-bin` are for binary values");
}

/// Returns true if `part` stands at the index `start`.
const fn has(bytes: &[u8], start: usize, part: &[u8]) -> bool {
    let mut i = 0;
    while i < part.len() {
        if start + i >= bytes.len() || bytes[start + i] != part[i] {
            return false;
        }
        i += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn only_keys_of_text_are_valid() {
        for key in ["x-request-id", "x", "a.b_c-1", "bin", "x-bin-id", "grpc"] {
            check_text(key);
        }
        for key in ["", "X-Request-Id", "x request", "x-request-bin", "-bin", "grpc-id", "é"] {
            assert!(catch_unwind(|| check_text(key)).is_err(), "{key}");
        }
    }

    #[test]
    fn credentials_are_not_for_logs() {
        for key in ["x-tenant", "user-agent", "grpc-timeout", "x-id-bin", "cookies", "authorization2"] {
            check_logged(key);
        }
        for key in ["authorization", "cookie", "set-cookie", "proxy-authorization", "", "Cookie", "x tenant"]
        {
            assert!(catch_unwind(|| check_logged(key)).is_err(), "{key}");
        }
    }
}

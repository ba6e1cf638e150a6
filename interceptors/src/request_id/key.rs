use crate::metadata_key::{check_form, has};

/// The key of metadata that nothing else is set for.
pub(super) const DEFAULT_KEY: &str = "x-request-id";

/// Checks a key of text metadata.
///
/// # Panics
///
/// Panics if the key is not valid, or belongs to gRPC. In a constant, the panic is a compile error.
pub(super) const fn check_key(key: &str) {
    check_form(key);
    let bytes = key.as_bytes();
    assert!(!has(bytes, 0, b"grpc-"), "keys that begin with `grpc-` belong to gRPC");
    let is_binary = bytes.len() >= 4 && has(bytes, bytes.len() - 4, b"-bin");
    assert!(!is_binary, "keys that end in `-bin` are for binary values");
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn only_keys_of_text_are_valid() {
        for key in [DEFAULT_KEY, "x", "a.b_c-1", "bin", "x-bin-id", "grpc"] {
            check_key(key);
        }
        for key in ["", "X-Request-Id", "x request", "x-request-bin", "-bin", "grpc-id", "é"] {
            assert!(catch_unwind(|| check_key(key)).is_err(), "{key}");
        }
    }
}

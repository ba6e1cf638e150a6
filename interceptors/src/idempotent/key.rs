//! The names by which calls are remembered, as digests, so that a caller can't make them long.

use prost::Message;
use sha2::{Digest, Sha256};

/// The digest of a text of any length.
pub(super) type Hash = [u8; 32];

/// Returns the key of a call.
///
/// Each part is written behind its length. Otherwise the caller `a` with the id `bc` would have the key of the caller
/// `ab` with the id `c`.
pub(super) fn key(caller: &str, path: &str, id: &str) -> Hash {
    let mut hash = Sha256::new();
    for part in [caller, path, id] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Returns the fingerprint of a message.
pub(super) fn fingerprint(message: &impl Message) -> Hash {
    Sha256::digest(message.encode_to_vec()).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn calls_share_a_key_only_if_all_parts_are_equal(a in "[ab]{0,3}", b in "[ab]{0,3}", c in "[ab]{0,3}",
                                                          d in "[ab]{0,3}", e in "[ab]{0,3}", f in "[ab]{0,3}") {
            let is_equal = (&a, &b, &c) == (&d, &e, &f);
            prop_assert_eq!(key(&a, &b, &c) == key(&d, &e, &f), is_equal);
        }
    }
}

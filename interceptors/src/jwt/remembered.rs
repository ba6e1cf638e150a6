//! Tokens that were verified a short time ago.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::key::JwtKey;

/// The longest time for which a token is remembered. So long does a key that was revoked matter for a token, at most.
const MAX_AGE: Duration = Duration::from_secs(60);
/// The number of locks. Calls of different tokens seldom wait for each other.
const SHARDS: usize = 16;
/// The number of bytes at the end of a token by which it is found. They are a part of the signature, which looks random, and an
/// issuer has made it: only tokens with a right signature are remembered.
const TAIL: usize = 16;

type Tail = [u8; TAIL];

/// The claims of tokens that were verified, by their text.
pub(super) struct Remembered<C> {
    shards: [Mutex<Shard<C>>; SHARDS],
    /// The largest number of tokens in one generation of a shard.
    most: usize,
}

/// Two generations of tokens. If the young one is full, it becomes the old one, and the tokens of the old one are forgotten. So
/// the memory is bounded, and no call looks through all tokens.
struct Shard<C> {
    young: HashMap<Tail, Entry<C>>,
    old: HashMap<Tail, Entry<C>>,
}

struct Entry<C> {
    token: Box<str>,
    claims: Arc<C>,
    until: Instant,
    /// The keys with which the token was verified.
    keys: Arc<[JwtKey]>,
}

impl<C> Remembered<C> {
    /// Makes room for this number of tokens, rounded up to a multiple of 32.
    pub(super) fn new(tokens: usize) -> Self {
        let shard = || Mutex::new(Shard { young: HashMap::new(), old: HashMap::new() });
        Self { shards: std::array::from_fn(|_| shard()), most: tokens.div_ceil(2 * SHARDS).max(1) }
    }

    /// Returns the claims of a token that was verified with these very keys.
    pub(super) fn get(&self, token: &str, keys: &Arc<[JwtKey]>, now: Instant) -> Option<Arc<C>> {
        let (tail, shard) = self.place(token)?;
        let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = shard.young.get(&tail).or_else(|| shard.old.get(&tail))?;
        let is_same = *entry.token == *token && Arc::ptr_eq(&entry.keys, keys) && now < entry.until;
        is_same.then(|| Arc::clone(&entry.claims))
    }

    /// Remembers the claims of a token that was verified with these keys, and that expires after this time.
    pub(super) fn insert(
        &self,
        token: &str,
        keys: &Arc<[JwtKey]>,
        claims: &Arc<C>,
        expires_in: Duration,
        now: Instant,
    ) {
        let Some((tail, shard)) = self.place(token) else { return };
        let until = now + expires_in.min(MAX_AGE);
        let entry = Entry { token: token.into(), claims: Arc::clone(claims), until, keys: Arc::clone(keys) };
        let mut forgotten = HashMap::new();
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.young.len() >= self.most && !shard.young.contains_key(&tail) {
            let young = std::mem::take(&mut shard.young);
            forgotten = std::mem::replace(&mut shard.old, young);
        }
        let replaced = shard.young.insert(tail, entry);
        // No other call waits while tokens are dropped.
        drop(shard);
        drop((replaced, forgotten));
    }

    /// Returns the end of a token, and the shard for it. A text that is shorter is no token with a signature.
    fn place(&self, token: &str) -> Option<(Tail, &Mutex<Shard<C>>)> {
        let tail = *token.as_bytes().last_chunk::<TAIL>()?;
        Some((tail, &self.shards[usize::from(tail[0]) % SHARDS]))
    }
}

/// Prints no token.
impl<C> fmt::Debug for Remembered<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembered").field("most", &(self.most * 2 * SHARDS)).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn keys() -> Arc<[JwtKey]> {
        [JwtKey::hs256(b"a secret of 32 bytes, or of more").unwrap()].into()
    }

    fn token(number: usize) -> String {
        format!("head.claims.{number:032x}")
    }

    fn inserted(expires_in: Duration) -> (Remembered<usize>, Arc<[JwtKey]>, Instant) {
        let (remembered, keys, now) = (Remembered::new(1000), keys(), Instant::now());
        remembered.insert(&token(1), &keys, &Arc::new(1), expires_in, now);
        (remembered, keys, now)
    }

    #[test]
    fn a_token_is_remembered_for_a_minute_and_not_after_it_has_expired() {
        for (expires_in, lasts) in [(HOUR, MAX_AGE), (Duration::from_secs(5), Duration::from_secs(5))] {
            let (remembered, keys, now) = inserted(expires_in);
            let before = now + lasts - Duration::from_millis(1);
            assert_eq!(remembered.get(&token(1), &keys, before).as_deref(), Some(&1));
            assert_eq!(remembered.get(&token(1), &keys, now + lasts), None);
        }
    }

    #[test]
    fn a_token_with_the_same_end_is_another_one() {
        let (remembered, keys, now) = inserted(HOUR);
        let other = token(1).replace("claims", "others");
        assert_eq!(other.as_bytes().last_chunk::<TAIL>(), token(1).as_bytes().last_chunk());
        assert_eq!(remembered.get(&other, &keys, now), None);
        for text in ["", "x", &token(1)[..TAIL - 1], &token(1)[1..]] {
            assert_eq!(remembered.get(text, &keys, now), None, "{text}");
        }
    }

    #[test]
    fn a_token_is_verified_anew_after_the_keys_were_replaced() {
        let (remembered, keys_before, now) = inserted(HOUR);
        assert_eq!(remembered.get(&token(1), &keys(), now), None);
        assert!(remembered.get(&token(1), &keys_before, now).is_some());
    }

    #[test]
    fn the_number_of_tokens_is_bounded_and_the_latest_are_there() {
        let (remembered, keys, now) = (Remembered::new(320), keys(), Instant::now());
        for number in 0..10_000 {
            remembered.insert(&token(number), &keys, &Arc::new(number), HOUR, now);
            assert_eq!(remembered.get(&token(number), &keys, now).as_deref(), Some(&number));
        }
        let count =
            (0..10_000).filter(|number| remembered.get(&token(*number), &keys, now).is_some()).count();
        assert!((10..=320).contains(&count), "{count}");
    }
}

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::quota::Quota;

/// The number of parts of the map, each behind a lock of its own. With a million keys, a part has four thousand, and is
/// swept within some dozen microseconds.
const SHARDS: usize = 256;

/// The number of other shards that a call sweeps after its own.
const ALSO_SWEPT: usize = 2;

/// A shard is swept at most this often, in nanoseconds.
const LEAST_SWEEP_INTERVAL: u64 = 1_000_000_000;

/// The keys of one limit in this process.
///
/// A key is a hash of 64 bits with a random seed, and has a due time. See [`Quota::take`]. A due time in the past says the
/// same as no entry, so the sweep removes such keys.
pub(super) struct LocalKeys {
    quota: Quota,
    shards: Box<[Shard]>,
    /// The shard that is swept next beside that of a call.
    next: AtomicUsize,
}

/// A shard has its own line of the processor's cache, so that calls on other shards do not slow it down.
#[repr(align(64))]
#[derive(Default)]
struct Shard(Mutex<Due>);

#[derive(Default)]
struct Due {
    times: HashMap<u64, u64, BuildHasherDefault<SameHash>>,
    next_sweep: u64,
}

/// The keys are hashes already.
#[derive(Default)]
struct SameHash(u64);

impl Hasher for SameHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("the keys are numbers")
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl LocalKeys {
    pub(super) fn new(quota: Quota) -> Self {
        let shards = (0..SHARDS).map(|_| Shard::default()).collect();
        Self { quota, shards, next: AtomicUsize::new(0) }
    }

    /// Counts a call of this key at the time `now`, or returns the nanoseconds after which it would be accepted.
    pub(super) fn take(&self, key: u64, now: u64) -> Result<(), u64> {
        let mut due = self.shard(key).lock();
        let is_swept = due.sweep_if_due(now, self.sweep_interval());
        let taken = due.take(&self.quota, key, now);
        drop(due);
        if is_swept {
            self.sweep_others(now);
        }
        taken
    }

    /// Refuses this key until the time `until`. A key that is refused for longer stays so.
    pub(super) fn refuse_until(&self, key: u64, until: u64, now: u64) {
        let refused = self.quota.due_if_refused_until(until);
        let mut due = self.shard(key).lock();
        due.make_room(now);
        let time = due.times.entry(key).or_default();
        *time = refused.max(*time);
    }

    /// Returns the number of keys, with those that are still to be swept.
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().times.len()).sum()
    }

    /// The map takes the low bits of a hash for the place and the high bits for the tag, so the shard takes others.
    fn shard(&self, key: u64) -> &Shard {
        &self.shards[(key >> 40) as usize % SHARDS]
    }

    /// Returns the nanoseconds after which all calls of today are forgotten.
    fn sweep_interval(&self) -> u64 {
        let full = self.quota.tolerance().saturating_add(self.quota.interval().as_nanos() as u64);
        full.max(LEAST_SWEEP_INTERVAL)
    }

    /// Sweeps shards that may have no calls any more, so that a burst of keys is forgotten also if one key goes on.
    fn sweep_others(&self, now: u64) {
        let first = self.next.fetch_add(ALSO_SWEPT, Ordering::Relaxed);
        for index in first..first + ALSO_SWEPT {
            // A shard in use is swept by whoever uses it.
            if let Ok(mut due) = self.shards[index % SHARDS].0.try_lock() {
                due.sweep_if_due(now, self.sweep_interval());
            }
        }
    }
}

impl Shard {
    fn lock(&self) -> MutexGuard<'_, Due> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Due {
    fn take(&mut self, quota: &Quota, key: u64, now: u64) -> Result<(), u64> {
        if let Some(due) = self.times.get_mut(&key) {
            *due = quota.take(*due, now)?;
            return Ok(());
        }
        let due = quota.take(0, now)?;
        self.make_room(now);
        self.times.insert(key, due);
        Ok(())
    }

    /// Removes the keys that are due, before the map grows for another one.
    fn make_room(&mut self, now: u64) {
        if self.times.len() < self.times.capacity() {
            return;
        }
        self.times.retain(|_, due| *due > now);
        // Otherwise a map that is nearly full would be swept for every few keys.
        if self.times.len() > self.times.capacity() / 2 {
            self.times.reserve(self.times.len().max(1));
        }
    }

    /// Removes the keys that are due, if the last sweep was long enough ago. Returns true if it was.
    fn sweep_if_due(&mut self, now: u64, interval: u64) -> bool {
        if now < self.next_sweep {
            return false;
        }
        self.next_sweep = now.saturating_add(interval);
        self.times.retain(|_, due| *due > now);
        if self.times.len() < self.times.capacity() / 4 {
            self.times.shrink_to(self.times.len() * 2);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    const SECOND: u64 = 1_000_000_000;

    /// Returns the hash of a number, as different as those of texts.
    fn hash(number: u64) -> u64 {
        (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0xd6e8_feb8_6659_fd93)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The model is a map that is never swept.
        #[test]
        fn sweeping_changes_no_decision(
            burst in 1_u32..5,
            calls in prop::collection::vec((0_u64..40, 0_u64..SECOND), 1..500),
        ) {
            let quota = Quota::per_second(5).burst(burst);
            let keys = LocalKeys::new(quota);
            let (mut model, mut now) = (BTreeMap::new(), 0);
            for (key, pause) in calls {
                now += pause / 8;
                let due = model.entry(key).or_insert(0);
                let expected = quota.take(*due, now).map(|next| *due = next);
                prop_assert_eq!(keys.take(hash(key), now), expected);
            }
        }
    }

    #[test]
    fn threads_together_have_exactly_the_quota() {
        let keys = LocalKeys::new(Quota::per_second(1).burst(1000));
        let accepted: usize = std::thread::scope(|scope| {
            let count = || (0..700).filter(|_| keys.take(hash(1), 7).is_ok()).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(accepted, 1000);
    }

    #[test]
    fn a_key_that_another_place_refuses_is_refused_here_until_then() {
        let keys = LocalKeys::new(Quota::per_second(10));
        assert_eq!(keys.take(hash(1), 0), Ok(()));
        keys.refuse_until(hash(1), 500, 0);
        assert_eq!(keys.take(hash(1), 100), Err(400));
        assert_eq!(keys.take(hash(2), 100), Ok(()));
        assert_eq!(keys.take(hash(1), 500), Ok(()));
    }

    #[test]
    fn a_million_keys_are_forgotten_while_one_key_goes_on() {
        let keys = LocalKeys::new(Quota::per_second(10));
        for key in 0..1_000_000 {
            keys.take(hash(key), 0).unwrap();
        }
        assert_eq!(keys.len(), 1_000_000);
        for second in 0..150 {
            keys.take(hash(0), (second + 2) * 2 * SECOND).unwrap();
        }
        assert_eq!(keys.len(), 1);
        let capacity: usize = keys.shards.iter().map(|shard| shard.lock().times.capacity()).sum();
        assert!(capacity < 1000, "{capacity}");
    }

    #[test]
    fn keys_that_are_due_make_room_for_others() {
        let keys = LocalKeys::new(Quota::per_second(10));
        for key in 0..1_000_000 {
            // Each second, a hundred thousand keys come and are due.
            keys.take(hash(key), key * 10_000).unwrap();
        }
        let capacity: usize = keys.shards.iter().map(|shard| shard.lock().times.capacity()).sum();
        assert!(capacity < 120_000, "{capacity}");
    }
}

//! The rules of what is kept, without a clock and without tasks.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tonic::metadata::MetadataMap;

/// The bounds of what is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) responses: usize,
    pub(super) bytes: usize,
    pub(super) keep_for: Duration,
}

/// The responses that are kept, and the calls that run or wait.
pub(super) struct Table {
    kept: HashMap<Arc<str>, Arc<Kept>>,
    /// The keys of what is kept, with the time at which each is forgotten, in the order of that time.
    order: VecDeque<(Instant, Arc<str>)>,
    bytes: usize,
    turns: HashMap<Arc<str>, Turns>,
}

/// The calls of a key that run or wait.
struct Turns {
    calls: usize,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// A response, encoded, because the responses of all methods are in one table.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) metadata: MetadataMap,
    pub(super) message: Vec<u8>,
}

impl Kept {
    /// Returns about how many bytes it takes with this key.
    fn size(&self, key: &str) -> usize {
        let metadata = self.metadata.as_ref().iter();
        let metadata: usize = metadata.map(|(key, value)| key.as_str().len() + value.len()).sum();
        key.len() + metadata + self.message.len()
    }
}

impl Table {
    pub(super) fn new() -> Self {
        Self { kept: HashMap::new(), order: VecDeque::new(), bytes: 0, turns: HashMap::new() }
    }

    /// Returns the response that is kept for the key.
    pub(super) fn find(&mut self, now: Instant, key: &str) -> Option<Arc<Kept>> {
        while self.order.front().is_some_and(|(until, _)| *until <= now) {
            self.forget_oldest();
        }
        self.kept.get(key).map(Arc::clone)
    }

    /// Keeps a response. The oldest ones make room for it.
    pub(super) fn keep(&mut self, limits: Limits, now: Instant, key: &str, kept: Kept) {
        let size = kept.size(key);
        let until = now.checked_add(limits.keep_for);
        let (Some(until), false) = (until, self.kept.contains_key(key)) else { return };
        if size > limits.bytes || limits.responses == 0 {
            return;
        }
        while self.kept.len() >= limits.responses || self.bytes > limits.bytes - size {
            self.forget_oldest();
        }
        let key = Arc::<str>::from(key);
        self.bytes += size;
        self.order.push_back((until, Arc::clone(&key)));
        self.kept.insert(key, Arc::new(kept));
    }

    fn forget_oldest(&mut self) {
        if let Some((_, key)) = self.order.pop_front()
            && let Some(kept) = self.kept.remove(&key)
        {
            self.bytes -= kept.size(&key);
        }
    }

    /// Adds a call of the key. It may run while it has the lock that this returns.
    pub(super) fn add_call(&mut self, key: &str) -> Arc<tokio::sync::Mutex<()>> {
        if !self.turns.contains_key(key) {
            self.turns.insert(key.into(), Turns { calls: 0, turn: Arc::default() });
        }
        let turns = self.turns.get_mut(key).expect("it was put there");
        turns.calls += 1;
        Arc::clone(&turns.turn)
    }

    /// Removes a call that [`add_call`](Self::add_call) has added.
    pub(super) fn remove_call(&mut self, key: &str) {
        if let Some(turns) = self.turns.get_mut(key) {
            turns.calls -= 1;
            if turns.calls == 0 {
                self.turns.remove(key);
            }
        }
    }

    /// Returns the number of responses, of their bytes, and of the keys whose calls run.
    pub(super) fn size(&self) -> (usize, usize, usize) {
        (self.kept.len(), self.bytes, self.turns.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits { responses: 3, bytes: 20, keep_for: Duration::from_secs(10) };

    fn kept(bytes: usize) -> Kept {
        Kept { metadata: MetadataMap::new(), message: vec![0; bytes] }
    }

    #[test]
    fn a_response_is_kept_for_its_time() {
        let (mut table, start) = (Table::new(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        table.keep(LIMITS, at(0), "a", kept(1));
        assert!(table.find(at(9), "a").is_some());
        assert!(table.find(at(9), "b").is_none());
        assert!(table.find(at(10), "a").is_none());
        assert_eq!(table.size(), (0, 0, 0));
    }

    #[test]
    fn the_oldest_responses_make_room() {
        let (mut table, now) = (Table::new(), Instant::now());
        for key in ["a", "b", "c", "d"] {
            table.keep(LIMITS, now, key, kept(4));
        }
        assert_eq!((table.find(now, "a").is_some(), table.size()), (false, (3, 15, 0)));
        table.keep(LIMITS, now, "e", kept(10));
        assert_eq!((table.find(now, "c").is_some(), table.find(now, "d").is_some()), (false, true));
        table.keep(LIMITS, now, "f", kept(20));
        assert_eq!((table.find(now, "f").is_some(), table.size()), (false, (2, 16, 0)));
    }

    #[test]
    fn bounds_of_zero_keep_nothing_and_the_longest_time_does_not_overflow() {
        let (mut table, now) = (Table::new(), Instant::now());
        table.keep(Limits { responses: 0, ..LIMITS }, now, "a", kept(1));
        table.keep(Limits { bytes: 0, ..LIMITS }, now, "a", kept(1));
        table.keep(Limits { keep_for: Duration::MAX, ..LIMITS }, now, "a", kept(1));
        table.keep(Limits { keep_for: Duration::ZERO, ..LIMITS }, now, "b", kept(1));
        assert!(table.find(now, "a").is_none() && table.find(now, "b").is_none());
    }

    proptest! {
        #[test]
        fn no_more_is_kept_than_there_is_room(
            steps in prop::collection::vec(("[a-e]", 0u64..6, 0usize..25), 0..60),
        ) {
            let (mut table, mut now) = (Table::new(), Instant::now());
            for (key, seconds, bytes) in steps {
                now += Duration::from_secs(seconds);
                if table.find(now, &key).is_none() {
                    table.keep(LIMITS, now, &key, kept(bytes));
                }
                let (responses, total, _) = table.size();
                prop_assert!(responses <= LIMITS.responses && total <= LIMITS.bytes);
                prop_assert_eq!(total, table.kept.iter().map(|(key, kept)| kept.size(key)).sum::<usize>());
                prop_assert_eq!(responses, table.order.len());
            }
        }
    }
}

//! The rules of what is remembered, without a clock and without tasks.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::time::Instant;

use super::answer::Answer;
use super::key::Hash;
use super::settings::Limits;

/// The calls that run or have ended.
pub(super) struct Table {
    calls: HashMap<Hash, Entry>,
    /// The calls that have ended, with the time at which they are forgotten, in the order of that time.
    ended: VecDeque<(Instant, Hash)>,
    bytes: usize,
    /// True from the first call that finds no room until one finds room, so that this is logged once.
    is_full: bool,
}

struct Entry {
    fingerprint: Hash,
    /// `None` while the call runs.
    answer: Option<Arc<Answer>>,
}

/// The decision about a call.
#[derive(Debug)]
pub(super) enum Decision {
    /// Nobody has made this call yet. It is in the table now, until it ends.
    Run,
    /// The same call runs now.
    Running,
    /// The same call has ended so.
    Answer(Arc<Answer>),
    /// Another message had the same id.
    OtherMessage,
    /// There is no room. `is_first` is true if there was room before.
    Full { is_first: bool },
}

impl Table {
    pub(super) fn new() -> Self {
        Self { calls: HashMap::new(), ended: VecDeque::new(), bytes: 0, is_full: false }
    }

    /// Decides what happens with a call.
    pub(super) fn begin(&mut self, limits: Limits, now: Instant, key: Hash, fingerprint: Hash) -> Decision {
        self.forget(now);
        if let Some(entry) = self.calls.get(&key) {
            return match &entry.answer {
                _ if entry.fingerprint != fingerprint => Decision::OtherMessage,
                None => Decision::Running,
                Some(answer) => Decision::Answer(Arc::clone(answer)),
            };
        }
        // A call that was remembered is not forgotten for a new one: it would run twice then.
        if self.calls.len() >= limits.calls {
            return Decision::Full { is_first: !std::mem::replace(&mut self.is_full, true) };
        }
        self.is_full = false;
        self.calls.insert(key, Entry { fingerprint, answer: None });
        Decision::Run
    }

    /// Remembers the end of a call that runs. Without an answer, the call may run again.
    pub(super) fn end(&mut self, limits: Limits, now: Instant, key: Hash, answer: Option<Answer>) {
        self.forget(now);
        let has_room = |answer: &Answer| self.bytes.saturating_add(answer.size()) <= limits.bytes;
        let Some(mut answer) = answer.filter(|answer| !limits.has_store || has_room(answer)) else {
            self.calls.remove(&key);
            return;
        };
        if !has_room(&answer) {
            answer = Answer::NotKept;
        }
        let Some(entry) = self.calls.get_mut(&key) else { return };
        self.bytes += answer.size();
        entry.answer = Some(Arc::new(answer));
        self.ended.push_back((now + limits.keep_for, key));
    }

    /// Returns the number of calls and of their bytes.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.calls.len(), self.bytes)
    }

    /// Forgets the calls whose time is over.
    fn forget(&mut self, now: Instant) {
        while let Some((until, key)) = self.ended.front()
            && *until <= now
        {
            let answer = self.calls.remove(key).and_then(|entry| entry.answer);
            self.bytes -= answer.map_or(0, |answer| answer.size());
            self.ended.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use tonic::Status;

    use super::*;

    const LIMITS: Limits =
        Limits { calls: 3, bytes: 10, keep_for: Duration::from_secs(10), has_store: false };

    fn failure(bytes: usize) -> Answer {
        Answer::Failure(Status::not_found("x".repeat(bytes)))
    }

    #[test]
    fn a_call_runs_once_until_it_is_forgotten() {
        let (mut table, start) = (Table::new(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(matches!(table.begin(LIMITS, at(0), [1; 32], [7; 32]), Decision::Run));
        assert!(matches!(table.begin(LIMITS, at(99), [1; 32], [7; 32]), Decision::Running));
        table.end(LIMITS, at(100), [1; 32], Some(failure(1)));
        assert!(matches!(table.begin(LIMITS, at(109), [1; 32], [7; 32]), Decision::Answer(_)));
        assert!(matches!(table.begin(LIMITS, at(109), [1; 32], [8; 32]), Decision::OtherMessage));
        assert!(matches!(table.begin(LIMITS, at(110), [1; 32], [8; 32]), Decision::Run));
    }

    #[test]
    fn a_response_without_room_is_not_kept_and_does_not_run_again() {
        let (mut table, now) = (Table::new(), Instant::now());
        assert!(matches!(table.begin(LIMITS, now, [1; 32], [7; 32]), Decision::Run));
        table.end(LIMITS, now, [1; 32], Some(failure(11)));
        let decision = table.begin(LIMITS, now, [1; 32], [7; 32]);
        assert!(matches!(decision, Decision::Answer(answer) if matches!(*answer, Answer::NotKept)));
    }

    #[test]
    fn a_response_without_room_is_forgotten_if_a_store_has_it() {
        let (mut table, now) = (Table::new(), Instant::now());
        let limits = Limits { has_store: true, ..LIMITS };
        assert!(matches!(table.begin(limits, now, [1; 32], [7; 32]), Decision::Run));
        table.end(limits, now, [1; 32], Some(failure(11)));
        assert_eq!(table.size(), (0, 0));
    }

    #[test]
    fn a_full_table_says_so_once() {
        let (mut table, now) = (Table::new(), Instant::now());
        for key in 0..3 {
            assert!(matches!(table.begin(LIMITS, now, [key; 32], [0; 32]), Decision::Run));
        }
        let fourth = |table: &mut Table| table.begin(LIMITS, now, [4; 32], [0; 32]);
        assert!(matches!(fourth(&mut table), Decision::Full { is_first: true }));
        assert!(matches!(fourth(&mut table), Decision::Full { is_first: false }));
        table.end(LIMITS, now, [0; 32], None);
        assert!(matches!(fourth(&mut table), Decision::Run));
        assert!(matches!(table.begin(LIMITS, now, [5; 32], [0; 32]), Decision::Full { is_first: true }));
    }

    proptest! {
        /// Each step is a key, a number of seconds that pass, and the end of the call if it runs: none, one that frees
        /// the key, or one that is remembered.
        #[test]
        fn no_call_runs_twice_at_once_or_while_it_is_remembered(
            steps in prop::collection::vec((0u8..5, 0u64..6, 0u8..3, 0usize..12), 0..60),
        ) {
            let (mut table, mut now) = (Table::new(), Instant::now());
            let mut running = std::collections::HashSet::new();
            let mut remembered: HashMap<u8, Instant> = HashMap::new();
            for (key, seconds, end, bytes) in steps {
                now += Duration::from_secs(seconds);
                remembered.retain(|_, until| *until > now);
                if let Decision::Run = table.begin(LIMITS, now, [key; 32], [0; 32]) {
                    prop_assert!(running.insert(key) && !remembered.contains_key(&key));
                }
                if end > 0 && running.remove(&key) {
                    table.end(LIMITS, now, [key; 32], (end == 2).then(|| failure(bytes)));
                    if end == 2 {
                        remembered.insert(key, now + LIMITS.keep_for);
                    }
                }
                let (calls, bytes) = table.size();
                prop_assert_eq!(calls, running.len() + remembered.len());
                prop_assert!(calls <= LIMITS.calls && bytes <= LIMITS.bytes);
            }
        }
    }
}

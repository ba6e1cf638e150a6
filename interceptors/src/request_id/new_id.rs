//! New ids of requests.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use uuid::{Builder, Uuid};

/// The random bytes of one id.
const BYTES: usize = 10;
/// The ids for whose bytes a thread asks the system at once, because a system call costs more than the rest of an id.
const IDS: usize = 32;

thread_local! {
    static RANDOM: RefCell<Random> = const { RefCell::new(Random { bytes: [0; BYTES * IDS], used: BYTES * IDS }) };
}

/// Random bytes of the system, of which each is used once.
struct Random {
    bytes: [u8; BYTES * IDS],
    used: usize,
}

impl Random {
    fn next(&mut self) -> [u8; BYTES] {
        if self.used == self.bytes.len() {
            getrandom::fill(&mut self.bytes).expect("the system has random bytes");
            self.used = 0;
        }
        let next = *self.bytes[self.used..].first_chunk().expect("the length is a multiple of an id's");
        self.used += BYTES;
        next
    }
}

/// Returns a UUID of version 7: the milliseconds since 1970, the part of the millisecond in 12 bits, and 62 random bits.
///
/// The part of the millisecond is method 3 of [RFC 9562], section 6.2. It lets ids sort by time without a counter that all
/// threads share.
///
/// [RFC 9562]: https://www.rfc-editor.org/rfc/rfc9562#section-6.2
pub(super) fn new_uuid() -> Uuid {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // A UUID has room for the milliseconds of 8900 years.
    let milliseconds = u64::try_from(now.as_millis()).unwrap_or_default();
    let part = u64::from(now.subsec_nanos() % 1_000_000) * 4096 / 1_000_000;
    let mut bytes = RANDOM.with_borrow_mut(Random::next);
    // The upper four of these bits become the version.
    bytes[..2].copy_from_slice(&part.to_be_bytes()[6..]);
    Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::{Duration, Instant};
    use std::{hint, thread};

    use super::*;

    #[test]
    fn no_two_ids_of_any_threads_are_the_same() {
        let make = || (0..10 * IDS).map(|_| new_uuid()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| thread::spawn(make)).collect();
        let ids: Vec<Uuid> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 4 * 10 * IDS);
        // The random bits differ as well: each id has its own.
        let random: HashSet<&[u8]> = ids.iter().map(|id| &id.as_bytes()[8..]).collect();
        assert_eq!(random.len(), ids.len());
    }

    #[test]
    fn an_id_begins_with_the_time() {
        let milliseconds = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let before = milliseconds();
        let id = new_uuid();
        assert_eq!(id.get_version_num(), 7);
        let time = id.as_u128() >> 80;
        assert!((before..=milliseconds()).contains(&time));
    }

    #[test]
    fn ids_sort_by_parts_of_a_millisecond() {
        let mut ids = Vec::new();
        for _ in 0..1000 {
            ids.push(new_uuid());
            let now = Instant::now();
            while now.elapsed() < Duration::from_nanos(500) {
                hint::spin_loop();
            }
        }
        assert!(ids.is_sorted());
    }
}

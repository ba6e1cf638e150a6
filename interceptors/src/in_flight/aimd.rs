//! The limit that follows what calls tell: additive increase, multiplicative decrease.

use std::time::Instant;

/// The part of the limit that is left after an overload.
const DECREASE: f64 = 0.9;

/// A limit of concurrent calls. It is decided by numbers and times that are passed in, and by nothing else.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Aimd {
    floor: f64,
    ceiling: f64,
    limit: f64,
    decreased_at: Option<Instant>,
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a limit is positive, and nobody has 2⁵² calls"
)]
impl Aimd {
    pub(super) fn new(floor: usize, ceiling: usize, start: usize) -> Self {
        let [floor, ceiling, start] = [floor, ceiling, start].map(|calls| calls as f64);
        Self { floor, ceiling, limit: start.clamp(floor, ceiling), decreased_at: None }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit as usize
    }

    /// Learns that a call has ended well, while this number of calls was in flight.
    ///
    /// A whole limit of such calls makes room for one more. If most of the limit was free, they tell nothing about it.
    pub(super) fn succeeded(&mut self, in_flight: usize) {
        if in_flight.saturating_mul(2) >= self.limit() {
            self.limit = (self.limit + 1.0 / self.limit).min(self.ceiling);
        }
    }

    /// Learns that a call, which has started at this time, has ended because of an overload.
    ///
    /// A call that has started before the last decrease tells of the limit before it. So all calls that fail together decrease
    /// the limit once.
    pub(super) fn overloaded(&mut self, started: Instant, now: Instant) {
        if self.decreased_at.is_none_or(|decreased_at| started >= decreased_at) {
            self.limit = (self.limit * DECREASE).max(self.floor);
            self.decreased_at = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    /// Runs rounds of calls on a server that can do `capacity` calls at a time. Each round is as full as the limit allows, and
    /// lasts for a second. Returns the limits after each round.
    fn rounds(aimd: &mut Aimd, start: Instant, count: u64, capacity: usize) -> Vec<usize> {
        (0..count)
            .map(|round| {
                let started = start + Duration::from_secs(round);
                let now = started + Duration::from_secs(1);
                let calls = aimd.limit();
                for call in 0..calls {
                    if call < capacity { aimd.succeeded(calls) } else { aimd.overloaded(started, now) }
                }
                aimd.limit()
            })
            .collect()
    }

    #[test]
    fn it_finds_what_a_server_can_do() {
        for (capacity, start) in [(50, 1), (50, 50), (50, 500), (7, 500), (400, 10)] {
            let mut aimd = Aimd::new(1, 1000, start);
            let (now, warm_up) = (Instant::now(), 1000);
            rounds(&mut aimd, now, warm_up, capacity);
            let limits = rounds(&mut aimd, now + Duration::from_secs(warm_up), 200, capacity);
            let mean = limits.iter().sum::<usize>() / limits.len();
            assert!((capacity * 8 / 10..=capacity * 11 / 10).contains(&mean), "{capacity} {start}: {mean}");
        }
    }

    #[test]
    fn it_follows_a_server_that_becomes_slower_and_recovers() {
        let (mut aimd, now) = (Aimd::new(5, 1000, 5), Instant::now());
        for (round, capacity) in [(0, 100), (1, 20), (2, 100)] {
            let limits = rounds(&mut aimd, now + Duration::from_secs(round * 1000), 1000, capacity);
            let last = limits[limits.len() - 1];
            assert!((capacity * 8 / 10..=capacity * 11 / 10 + 1).contains(&last), "{capacity}: {last}");
        }
    }

    #[test]
    fn calls_that_fail_together_decrease_the_limit_once() {
        let (mut aimd, now) = (Aimd::new(1, 1000, 100), Instant::now());
        let second = Duration::from_secs(1);
        for _ in 0..50 {
            aimd.overloaded(now, now + second);
        }
        assert_eq!(aimd.limit(), 90);
        // A call that has started after the decrease tells of the new limit.
        aimd.overloaded(now + second, now + 2 * second);
        assert_eq!(aimd.limit(), 81);
    }

    #[test]
    fn a_limit_that_is_not_used_does_not_grow() {
        let mut aimd = Aimd::new(1, 1000, 100);
        (0..10_000).for_each(|_| aimd.succeeded(49));
        assert_eq!(aimd.limit(), 100);
        (0..101).for_each(|_| aimd.succeeded(50));
        assert_eq!(aimd.limit(), 101);
    }

    proptest! {
        #[test]
        fn the_limit_stays_between_floor_and_ceiling(
            floor in 1_usize..100,
            more in 0_usize..100,
            start in 0_usize..300,
            ends in prop::collection::vec((any::<bool>(), 0_usize..200, 0_u64..100), 0..500),
        ) {
            let (mut aimd, now) = (Aimd::new(floor, floor + more, start), Instant::now());
            for (is_overload, in_flight, time) in ends {
                let time = now + Duration::from_secs(time);
                if is_overload { aimd.overloaded(time, time) } else { aimd.succeeded(in_flight) }
                prop_assert!((floor..=floor + more).contains(&aimd.limit()), "{}", aimd.limit());
            }
        }
    }
}

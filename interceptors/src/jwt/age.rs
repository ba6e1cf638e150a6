//! The decisions of a cache of keys, without a clock of their own.

use std::time::Duration;

use tokio::time::Instant;

/// How long keys are good.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ages {
    /// The shortest and the longest time after which keys are fetched again, whatever the issuer says.
    pub(super) floor: Duration,
    pub(super) ceiling: Duration,
    /// The time for which keys are used that could not be fetched again, from the time at which they should have been.
    pub(super) stale: Duration,
    /// The least time between two attempts to fetch.
    pub(super) pause: Duration,
}

/// The keys that a cache has, without the keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fetched {
    /// The time at which they are to be fetched again.
    pub(super) due: Instant,
}

/// What a call does before it looks at the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It uses the keys.
    Use,
    /// It uses the keys, while they are fetched again.
    UseAndFetch,
    /// It waits until they are fetched.
    Wait,
    /// It fails, because there are none and the last attempt to fetch them is too young.
    Fail,
}

impl Ages {
    /// Returns the time at which keys are to be fetched again.
    pub(super) fn due(&self, now: Instant, max_age: Option<Duration>) -> Instant {
        now + max_age.unwrap_or(self.ceiling).clamp(self.floor, self.ceiling)
    }

    /// Decides what a call does.
    pub(super) fn step(&self, now: Instant, fetched: Option<Fetched>, last_attempt: Option<Instant>) -> Step {
        let may_fetch = self.may_fetch(now, last_attempt);
        match fetched {
            Some(Fetched { due }) if now < due => Step::Use,
            Some(Fetched { due }) if now < due + self.stale => match may_fetch {
                true => Step::UseAndFetch,
                false => Step::Use,
            },
            _ if may_fetch => Step::Wait,
            _ => Step::Fail,
        }
    }

    /// Returns true if the last attempt is old enough for another one.
    pub(super) fn may_fetch(&self, now: Instant, last_attempt: Option<Instant>) -> bool {
        last_attempt.is_none_or(|last| now.saturating_duration_since(last) >= self.pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGES: Ages = Ages {
        floor: Duration::from_secs(60),
        ceiling: Duration::from_secs(3600),
        stale: Duration::from_secs(600),
        pause: Duration::from_secs(10),
    };

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn the_issuer_chooses_the_age_within_limits() {
        let now = Instant::now();
        for (max_age, seconds) in [(None, 3600), (Some(0), 60), (Some(300), 300), (Some(86_400), 3600)] {
            let due = AGES.due(now, max_age.map(Duration::from_secs));
            assert_eq!(due, after(now, seconds), "{max_age:?}");
        }
    }

    #[test]
    fn old_keys_are_used_for_a_time_and_then_no_more() {
        let start = Instant::now();
        let fetched = Some(Fetched { due: after(start, 60) });
        let step = |seconds, last: Option<u64>| {
            AGES.step(after(start, seconds), fetched, last.map(|last| after(start, last)))
        };
        assert_eq!(step(59, Some(0)), Step::Use);
        assert_eq!(step(60, Some(0)), Step::UseAndFetch);
        assert_eq!(step(65, Some(60)), Step::Use, "an attempt was made");
        assert_eq!(step(659, Some(640)), Step::UseAndFetch);
        assert_eq!(step(660, Some(655)), Step::Fail);
        assert_eq!(step(665, Some(655)), Step::Wait);
    }

    #[test]
    fn without_keys_each_pause_has_one_attempt() {
        let start = Instant::now();
        assert_eq!(AGES.step(start, None, None), Step::Wait);
        assert_eq!(AGES.step(after(start, 9), None, Some(start)), Step::Fail);
        assert_eq!(AGES.step(after(start, 10), None, Some(start)), Step::Wait);
    }
}

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use vestibule::client::{FailedAttempt, Pushback, RetryPolicy};

use super::settings::Settings;

/// The attempts of one call.
#[derive(Debug)]
pub(super) struct Attempts {
    settings: Arc<Settings>,
    /// The number of attempts that count.
    counted: u32,
    /// The number of attempts that do not count, because the call was not sent.
    uncounted: u32,
    /// The number of backoffs since the server last sent a pushback.
    backoffs: i32,
}

/// The largest number of attempts without a connection that do not count. If two of three endpoints of a balanced
/// channel are dead, fewer than one call of a hundred thousand meets a dead endpoint that often.
const MAX_UNCOUNTED: u32 = 30;

/// The age of a call from which all attempts count. A host that does not respond fails an attempt only after a
/// while, and thirty such attempts would delay the call for minutes.
const UNCOUNTED_FOR: Duration = Duration::from_secs(2);

impl RetryPolicy for Attempts {
    fn retry_after(&mut self, failed: &FailedAttempt) -> Option<Duration> {
        if !failed.was_sent && self.uncounted < MAX_UNCOUNTED && failed.elapsed < UNCOUNTED_FOR {
            let pause = self.pause();
            self.uncounted += 1;
            return Some(pause);
        }
        self.counted += 1;
        let is_last = failed.pushback == Some(Pushback::Never);
        if !is_last && !self.settings.codes.contains(&failed.status.code()) {
            return None;
        }
        // The bucket protects overloaded servers. A call that was not sent does not burden a server.
        let is_allowed = !failed.was_sent || self.settings.throttle.on_failure();
        if !is_allowed {
            tracing::debug!(target: "vestibule", "a call is not tried again: too many have failed");
        }
        if is_last || !is_allowed || self.counted >= self.settings.max_attempts {
            return None;
        }
        match failed.pushback {
            Some(Pushback::After(wait)) => {
                self.backoffs = 0;
                Some(wait)
            }
            _ => Some(self.backoff()),
        }
    }

    fn max_message_size(&self) -> usize {
        self.settings.max_message_size
    }

    fn on_success(&mut self) {
        self.settings.throttle.on_success();
    }
}

impl Attempts {
    pub(super) fn new(settings: Arc<Settings>) -> Self {
        Self { settings, counted: 0, uncounted: 0, backoffs: 0 }
    }

    /// Returns the wait before an attempt that counts.
    fn backoff(&mut self) -> Duration {
        let Settings { initial_backoff, max_backoff, multiplier, .. } = &*self.settings;
        let backoff = initial_backoff.as_secs_f64() * multiplier.powi(self.backoffs);
        self.backoffs += 1;
        // The multiplier is not checked: it may be negative or not a number.
        Duration::try_from_secs_f64(backoff.min(max_backoff.as_secs_f64()) * jitter()).unwrap_or(*max_backoff)
    }

    /// Returns the pause before an attempt that does not count. The first pause is zero, because another endpoint
    /// may be ready. Each further one is twice as long as the one before, up to an eighth of the initial backoff.
    fn pause(&self) -> Duration {
        let initial = self.settings.initial_backoff;
        let share = match self.uncounted {
            0 => return Duration::ZERO,
            nth => f64::from(1_u32 << nth.min(8)) / 2048.0,
        };
        Duration::try_from_secs_f64(initial.as_secs_f64() * share * jitter()).unwrap_or(initial)
    }
}

/// Returns a random factor between 0.8 and 1.2, so that clients that fail at the same time do not try again at the
/// same time.
fn jitter() -> f64 {
    0.8 + 0.4 * random()
}

/// Returns a random number between 0 and 1. Each `RandomState` has other random keys.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(());
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Retry;
    use vestibule::{Code, Status};

    fn failure(code: Code, pushback: Option<Pushback>) -> FailedAttempt {
        let mut failed = FailedAttempt::new(Status::new(code, ""));
        failed.pushback = pushback;
        failed
    }

    fn not_sent() -> FailedAttempt {
        let mut failed = FailedAttempt::new(Status::unavailable(""));
        failed.was_sent = false;
        failed
    }

    fn attempts(retry: &Retry) -> Attempts {
        Attempts::new(Arc::clone(&retry.0))
    }

    fn after(milliseconds: u64) -> Option<Pushback> {
        Some(Pushback::After(Duration::from_millis(milliseconds)))
    }

    /// Returns the waits of a call that fails with UNAVAILABLE each time, in milliseconds.
    fn waits(retry: &Retry, pushbacks: &[Option<Pushback>]) -> Vec<Option<u128>> {
        let mut attempts = attempts(retry);
        let wait = |pushback: &Option<Pushback>| {
            Some(attempts.retry_after(&failure(Code::Unavailable, *pushback))?.as_millis())
        };
        pushbacks.iter().map(wait).collect()
    }

    fn retry() -> Retry {
        Retry::new(10).throttle(1e9, 1.0)
    }

    #[test]
    fn waits_double_up_to_the_longest_give_or_take_a_fifth() {
        let retry = retry().backoff(Duration::from_millis(100), Duration::from_millis(1000));
        let expected = [100, 200, 400, 800, 1000, 1000];
        let all: Vec<_> = (0..200).map(|_| waits(&retry, &[None; 6])).collect();
        for (attempt, nominal) in expected.into_iter().enumerate() {
            let waits: Vec<u128> = all.iter().map(|waits| waits[attempt].unwrap()).collect();
            let (least, most) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
            assert!(*least >= nominal * 8 / 10 && *most <= nominal * 12 / 10, "{least} {most} {nominal}");
            // Of 200 numbers, none in the outer tenths would be a miracle.
            assert!(*least < nominal * 84 / 100 && *most > nominal * 116 / 100, "{least} {most} {nominal}");
        }
    }

    #[test]
    fn a_server_says_how_long_to_wait_and_the_backoff_begins_anew() {
        let retry = retry().backoff(Duration::from_millis(100), Duration::from_secs(100));
        let waits = waits(&retry, &[None, None, None, after(7), None, after(0)]);
        assert_eq!(waits[3], Some(7));
        assert!(waits[4].unwrap() <= 120, "{waits:?}");
        assert_eq!(waits[5], Some(0));
    }

    #[test]
    fn a_server_says_that_there_is_to_be_no_other_attempt() {
        assert_eq!(waits(&retry(), &[Some(Pushback::Never)]), [None]);
    }

    #[test]
    fn an_absurd_multiplier_is_the_longest_wait() {
        for multiplier in [f64::NAN, f64::INFINITY, -1.0] {
            let retry = retry()
                .backoff_multiplier(multiplier)
                .backoff(Duration::from_millis(1), Duration::from_millis(9));
            let waits = waits(&retry, &[None; 3]);
            assert!(waits.iter().all(|wait| wait.is_some_and(|wait| wait <= 11)), "{multiplier} {waits:?}");
        }
    }

    #[test]
    fn attempts_are_counted_with_the_first() {
        let waits = waits(&retry().backoff(Duration::ZERO, Duration::ZERO), &[None; 10]);
        assert_eq!(waits.iter().filter(|wait| wait.is_some()).count(), 9);
        assert_eq!(waits[9], None);
    }

    /// Returns the waits of a call that finds no connection, in microseconds.
    fn pauses(retry: &Retry) -> Vec<u128> {
        let mut attempts = attempts(retry);
        std::iter::from_fn(|| Some(attempts.retry_after(&not_sent())?.as_micros())).collect()
    }

    #[test]
    fn pauses_of_a_call_that_is_not_sent_begin_with_none_and_double_up_to_an_eighth_of_the_backoff() {
        let retry =
            Retry::new(3).backoff(Duration::from_millis(1024), Duration::from_secs(9)).throttle(2.0, 0.0);
        let pauses = pauses(&retry);
        let doubling = [0, 1, 2, 4, 8, 16, 32, 64].into_iter();
        // The last two are those of attempts that count.
        let nominal = doubling.chain([128; 22]).chain([1024, 2048]).map(|milliseconds| milliseconds * 1000);
        assert_eq!(pauses.len(), 32);
        for (pause, nominal) in pauses.into_iter().zip(nominal) {
            assert!(pause >= nominal * 8 / 10 && pause <= nominal * 12 / 10, "{pause} {nominal}");
        }
    }

    #[test]
    fn the_longest_of_backoffs_is_a_pause_as_well() {
        let all = pauses(&Retry::new(1).backoff(Duration::MAX, Duration::MAX));
        assert_eq!(all.len(), 30);
    }

    #[test]
    fn a_call_that_is_two_seconds_old_pays_for_each_try_that_was_not_sent() {
        let mut attempts = attempts(&Retry::new(2));
        let mut failed = not_sent();
        failed.elapsed = UNCOUNTED_FOR;
        let mut is_tried_again = || attempts.retry_after(&failed).is_some();
        assert_eq!([is_tried_again(), is_tried_again()], [true, false]);
    }

    #[test]
    fn other_codes_are_not_tried_again_and_take_no_token() {
        let retry = Retry::new(20).throttle(4.0, 0.0);
        let mut attempts = attempts(&retry);
        for _ in 0..10 {
            assert_eq!(attempts.retry_after(&failure(Code::NotFound, None)), None);
        }
        assert!(attempts.retry_after(&failure(Code::Unavailable, None)).is_some(), "of 4 tokens, 3 are left");
    }
}

//! The end of a call, as all that observes it tells it.

use std::time::{Duration, Instant};

use vestibule::{Call, Code, Outcome, Status};

/// The code of a call that has ended, and what ended it if that was neither the service nor an interceptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) code: Code,
    /// `panicked` or `interrupted`.
    pub(crate) cause: Option<&'static str>,
}

impl Ending {
    /// Returns the end of a call that started at `started`.
    ///
    /// All observers pass [`Call::client_deadline`], which never changes. [`Call::deadline`] depends on the place of an
    /// observer and on the time at which it asks, so two observers of one call could tell two codes. A limit of the server
    /// needs no guess: `Deadline` ends the call with a status.
    pub(crate) fn of(outcome: &Outcome, started: Instant, client_deadline: Option<Instant>) -> Self {
        match (outcome, outcome.code()) {
            (Outcome::Panicked(_), Some(code)) => Self { code, cause: Some("panicked") },
            (_, Some(code)) => Self { code, cause: None },
            (_, None) => {
                Self { code: interrupted_code(started, client_deadline), cause: Some("interrupted") }
            }
        }
    }
}

/// Returns the code of a call that started at `started`, and whose rest has ended with `result`. It is that of
/// [`Ending::of`].
pub(crate) fn code_of(call: &Call, started: Instant, result: &Result<(), Status>) -> Code {
    match result {
        Ok(()) => Code::Ok,
        // An outcome has a clone of the status. Only a status with CANCELLED may stand for an interruption.
        Err(status) if status.code() != Code::Cancelled => status.code(),
        Err(_) => Ending::of(&Outcome::of(result), started, call.client_deadline()).code,
    }
}

/// Returns the code of a call that was interrupted now: `DEADLINE_EXCEEDED` if its time was over, and CANCELLED otherwise.
///
/// A mount and a client end calls a little before their deadline, so that the status arrives in time. So the last tenth
/// of the time counts as the end of it, and at most 50 milliseconds, as in [`Deadline`](crate::Deadline).
fn interrupted_code(started: Instant, client_deadline: Option<Instant>) -> Code {
    let Some(deadline) = client_deadline else { return Code::Cancelled };
    let time = deadline.saturating_duration_since(started);
    let ahead = (time / 10).clamp(Duration::from_millis(2), Duration::from_millis(50));
    if deadline <= Instant::now() + ahead { Code::DeadlineExceeded } else { Code::Cancelled }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_call_is_late_in_the_last_tenth_of_its_time() {
        const SECOND: Duration = Duration::from_secs(1);
        let now = Instant::now();
        let at = |started: Duration, left: Duration| interrupted_code(now - started, Some(now + left));
        assert_eq!(interrupted_code(now, None), Code::Cancelled);
        assert_eq!(interrupted_code(now - SECOND, Some(now)), Code::DeadlineExceeded);
        // A mount ends a call of a second 25 milliseconds early.
        assert_eq!(at(SECOND, Duration::from_millis(25)), Code::DeadlineExceeded);
        assert_eq!(at(SECOND, Duration::from_millis(500)), Code::Cancelled);
        assert_eq!(at(60 * SECOND, SECOND), Code::Cancelled);
        assert_eq!(at(Duration::ZERO, 60 * SECOND), Code::Cancelled);
    }
}

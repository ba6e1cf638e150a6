use std::fmt::{self, Display};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use vestibule::{Call, Outcome};

use super::queue::Unrecorded;
use super::record::{AuditRecord, Decision};
use crate::ending::Ending;
use crate::request_id::current_request_id;
use crate::text::{MAX_VALUE, cut};

/// The record of one call, to which interceptors and handlers add who called and what the call was about.
///
/// [`Audit`](super::Audit) provides it. A handler takes it by the name that the list gives it:
///
/// ```
/// use vestibule_interceptors::CallAudit;
///
/// fn delete(book: &str, audit: &CallAudit) {
///     audit.set_subject(format_args!("books/{book}"));
/// }
/// ```
///
/// [`set_caller`](Self::set_caller) and [`set_subject`](Self::set_subject) change the record now. [`caller`](Self::caller) and
/// [`subject`](Self::subject) make entries of a list, which do the same when a call reaches them.
#[derive(Clone)]
pub struct CallAudit(Option<Arc<Mutex<State>>>);

struct State {
    /// The record so far. `None` after the call has ended.
    unfinished: Option<(AuditRecord, Unrecorded)>,
    started: Instant,
    client_deadline: Option<Instant>,
}

impl CallAudit {
    pub(super) fn of(call: &Call, unrecorded: Unrecorded) -> Self {
        let record = AuditRecord {
            peer: call.remote_addr(),
            request_id: current_request_id(),
            ..AuditRecord::new(call.method().clone())
        };
        Self(Some(Arc::new(Mutex::new(State {
            unfinished: Some((record, unrecorded)),
            started: Instant::now(),
            client_deadline: call.client_deadline(),
        }))))
    }

    /// Returns an audit that drops what is added, for tests of a handler:
    ///
    /// ```
    /// let audit = vestibule_interceptors::CallAudit::disabled();
    /// audit.set_caller("ada");
    /// ```
    #[must_use]
    pub const fn disabled() -> Self {
        Self(None)
    }

    /// Sets who called, up to 256 bytes. [`caller`](Self::caller) makes an entry of a list that does. The example of
    /// [`disabled`](Self::disabled) calls it.
    pub fn set_caller(&self, caller: impl Display) {
        if let Some(state) = &self.0 {
            // The value is formatted before the lock is taken, because its `Display` is code of the user.
            let caller = cut(format_args!("{caller}"), MAX_VALUE);
            lock(state).update(|record| record.caller = Some(caller));
        }
    }

    /// Sets what the call is about, up to 256 bytes. [`subject`](Self::subject) makes an entry that takes it from the message. The example
    /// of [`CallAudit`] calls it.
    pub fn set_subject(&self, subject: impl Display) {
        if let Some(state) = &self.0 {
            let subject = cut(format_args!("{subject}"), MAX_VALUE);
            lock(state).update(|record| record.subject = Some(subject));
        }
    }

    pub(super) fn finish(&self, outcome: &Outcome, has_responded: bool) {
        let Some(state) = &self.0 else { return };
        let mut state = lock(state);
        let Some((mut record, unrecorded)) = state.unfinished.take() else { return };
        let Ending { code, cause } = Ending::of(outcome, state.started, state.client_deadline);
        record.duration = state.started.elapsed();
        record.decision = Decision::of(code, has_responded);
        (record.code, record.ended_by) = (code, cause);
        drop(state);
        unrecorded.send(record);
    }
}

impl State {
    fn update(&mut self, update: impl FnOnce(&mut AuditRecord)) {
        if let Some((record, _)) = &mut self.unfinished {
            update(record);
        }
    }
}

/// Locks the state. The lock is held for a moment only, and no code of users runs in it.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for CallAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallAudit").finish_non_exhaustive()
    }
}

//! The panics of a call: their location for the log, and their status for the client.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

use tonic::Status;

use super::check_result::INTERNAL_ERROR;
use crate::status::Cause;
use crate::{MethodInfo, log_text};

/// Records the location and the backtrace of panics, for the log line with which a chain reports them.
///
/// A chain catches every panic and logs its message. Only a [panic hook](std::panic::set_hook) can see the location and the
/// backtrace. The interceptor `Recover` of the crate `vestibule-interceptors` uses this type.
///
/// ```
/// use std::pin::pin;
///
/// use vestibule::{PanicHook, Rest, Status, interceptor};
///
/// #[interceptor]
/// async fn locate_panics(hook: PanicHook, rest: impl Rest) -> Result<(), Status> {
///     let mut rest = pin!(rest);
///     std::future::poll_fn(|cx| hook.record(|| rest.as_mut().poll(cx))).await
/// }
///
/// let entry = locate_panics(PanicHook::install());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PanicHook(());

/// The location of a panic.
#[derive(Debug)]
struct Location {
    location: String,
    backtrace: Backtrace,
}

thread_local! {
    /// True while this thread runs a function whose panics are recorded.
    static IS_RECORDING: Cell<bool> = const { Cell::new(false) };
    static LAST_PANIC: RefCell<Option<Location>> = const { RefCell::new(None) };
}

impl PanicHook {
    /// Installs the panic hook for the process, and returns a handle to it.
    ///
    /// If the hook is already installed, this function only returns a handle. The hook calls the panic hook that was
    /// set before. See [`PanicHook`] for an example.
    #[must_use]
    pub fn install() -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            let previous = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                record_location(info);
                previous(info);
            }));
        });
        Self(())
    }

    /// Runs `f`, and records the location and the backtrace of a panic in it.
    ///
    /// When the chain catches the panic, inside `f` or outside, it adds the record to its log line. A record that the
    /// chain does not use is dropped when the outermost `f` returns.
    ///
    /// ```
    /// use vestibule::PanicHook;
    ///
    /// let hook = PanicHook::install();
    /// assert_eq!(hook.record(|| 1 + 1), 2);
    /// ```
    pub fn record<T>(self, f: impl FnOnce() -> T) -> T {
        let was_recording = IS_RECORDING.replace(true);
        let _reset = Reset { was_recording };
        f()
    }
}

/// A guard that ends a recording, also when a panic unwinds.
struct Reset {
    was_recording: bool,
}

impl Drop for Reset {
    fn drop(&mut self) {
        IS_RECORDING.set(self.was_recording);
        // While a panic unwinds, its record stays for the chain that catches it.
        if !self.was_recording && !std::thread::panicking() {
            take_location();
        }
    }
}

fn record_location(info: &PanicHookInfo<'_>) {
    if IS_RECORDING.try_with(Cell::get).unwrap_or(false) {
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        let location = Location { location, backtrace: Backtrace::force_capture() };
        let _ = LAST_PANIC.try_with(|last| last.replace(Some(location)));
    } else {
        // An earlier record would be taken for that of this panic.
        take_location();
    }
}

/// Takes the location of the last panic on this thread, if it was recorded.
fn take_location() -> Option<Location> {
    LAST_PANIC.try_with(|last| last.borrow_mut().take()).ok().flatten()
}

/// Runs `f`, and then restores the location of the panic that unwinds. A panic in `f` does not replace it.
pub(super) fn preserve_location(f: impl FnOnce()) {
    let location = take_location();
    f();
    let _ = LAST_PANIC.try_with(|last| last.replace(location));
}

/// Runs `poll` as the chain of a call would. It logs a panic, and returns the status for the client.
#[inline]
pub(crate) fn catch_panic<T>(method: &MethodInfo, poll: impl FnOnce() -> T) -> Result<T, Status> {
    catch_unwind(AssertUnwindSafe(poll)).map_err(|panic| report_panic(method, panic))
}

/// Logs a panic of a call, and returns the status for the client.
#[cold]
pub(super) fn report_panic(method: &MethodInfo, payload: Box<dyn Any + Send>) -> Status {
    let (method, panic) = (&*method.logged_path(), &*log_text::cut(panic_text(&*payload)));
    match take_location() {
        Some(Location { location, backtrace }) => {
            tracing::error!(target: "vestibule", method, panic, location, %backtrace, "a call panicked");
        }
        None => tracing::error!(target: "vestibule", method, panic, "a call panicked"),
    }
    // The payload is not dropped, because its destructor is the user's and may panic as well.
    std::mem::forget(payload);
    panicked()
}

/// Returns the status of a panic, which does not contain the message of the panic.
#[cold]
pub(super) fn panicked() -> Status {
    Cause::Panicked.on(Status::internal(INTERNAL_ERROR))
}

/// Returns the message of a panic, which is a `&str` or a `String` unless `panic_any` was used.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    if let Some(text) = panic.downcast_ref::<&str>() {
        text
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text
    } else {
        "a value that is no text"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_that_is_not_recorded_has_no_location_of_an_earlier_one() {
        let hook = PanicHook::install();
        let recorded = || hook.record(|| panic!("it is recorded"));
        assert!(catch_unwind(recorded).is_err());
        assert!(catch_unwind(|| panic!("it is not recorded")).is_err());
        assert!(take_location().is_none());

        assert!(catch_unwind(recorded).is_err());
        assert!(take_location().is_some());
    }
}

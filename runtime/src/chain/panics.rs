//! Panics of a call: where they happened, and the status that a client gets.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use tonic::Status;

use super::checked::BUG;
use crate::MethodInfo;
use crate::status::Cause;

/// Records where panics happen, for the log line with which a chain reports them.
///
/// A chain catches every panic and logs its message. Only a [panic hook](std::panic::set_hook) knows the location and the
/// backtrace. `Recover` in the crate `vestibule-interceptors` is an interceptor that uses this.
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

/// Where a panic happened.
#[derive(Debug)]
struct Location {
    location: String,
    backtrace: Backtrace,
}

thread_local! {
    /// True while this thread runs something whose panics are recorded.
    static IS_RECORDING: Cell<bool> = const { Cell::new(false) };
    static LAST_PANIC: RefCell<Option<Location>> = const { RefCell::new(None) };
}

impl PanicHook {
    /// Installs a panic hook for the process, unless one is there already. It runs before the hook that was there.
    #[must_use]
    pub fn install() -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            let others = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                record_location(info);
                others(info);
            }));
        });
        Self(())
    }

    /// Runs `f`, and records the location and the backtrace of a panic in it.
    ///
    /// Where the panic is caught within `f`, as the chain does with a panic further in, it is the chain's to report. A record
    /// that nobody has asked for is dropped when the outermost `f` returns.
    pub fn record<T>(self, f: impl FnOnce() -> T) -> T {
        let outer = IS_RECORDING.replace(true);
        let _reset = Reset(outer);
        f()
    }
}

/// Ends a recording, also when a panic unwinds.
struct Reset(bool);

impl Drop for Reset {
    fn drop(&mut self) {
        IS_RECORDING.set(self.0);
        // A panic that still unwinds will be asked for by whoever catches it.
        if !self.0 && !std::thread::panicking() {
            take_location();
        }
    }
}

fn record_location(info: &PanicHookInfo<'_>) {
    if IS_RECORDING.try_with(Cell::get).unwrap_or(false) {
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        let location = Location { location, backtrace: Backtrace::force_capture() };
        let _ = LAST_PANIC.try_with(|last| last.replace(Some(location)));
    }
}

/// Takes the location of the panic that was just caught on this thread, if it was recorded.
fn take_location() -> Option<Location> {
    LAST_PANIC.try_with(|last| last.borrow_mut().take()).ok().flatten()
}

/// Runs `f`, which may panic, while another panic unwinds: that one keeps its location.
pub(super) fn keep_location(f: impl FnOnce()) {
    let outer = take_location();
    f();
    let _ = LAST_PANIC.try_with(|last| last.replace(outer));
}

/// A panic in a call, for the operator to read.
#[cold]
pub(super) fn report_panic(method: &MethodInfo, payload: Box<dyn Any + Send>) -> Status {
    let (method, panic) = (method.path(), panic_text(&*payload));
    match take_location() {
        Some(Location { location, backtrace }) => {
            tracing::error!(target: "vestibule", method, panic, location, %backtrace, "a call panicked");
        }
        None => tracing::error!(target: "vestibule", method, panic, "a call panicked"),
    }
    // Its destructor is the user's, and might panic as well.
    std::mem::forget(payload);
    panicked()
}

/// All that a client learns of a panic.
#[cold]
pub(super) fn panicked() -> Status {
    Cause::Panicked.on(Status::internal(BUG))
}

/// The message of `panic!`, which is a `&str` or a `String` unless `panic_any` was used.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    if let Some(text) = panic.downcast_ref::<&str>() {
        text
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text
    } else {
        "a value that is no text"
    }
}

use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::panic;
use std::pin::pin;
use std::sync::Once;

use tonic::Status;

use crate::{Call, Interceptor, Rest};

/// Logs the location and backtrace of a panic.
///
/// A chain turns every panic into INTERNAL with a fixed text, and logs its message; other calls go
/// on. But only a panic hook knows the place. The first `Recover` installs one for the process,
/// which runs before the hook that was there, and notes panics of calls that this interceptor wraps.
///
/// ```
/// use vestibule::interceptors::Recover;
///
/// let recover = Recover::new(); // as the outermost entry of a chain
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Recover(());

/// Where a panic happened.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) location: String,
    pub(crate) backtrace: Backtrace,
}

thread_local! {
    /// Whether this thread is running a call that is wrapped.
    static IS_WRAPPED: Cell<bool> = const { Cell::new(false) };
    static LAST_PANIC: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// The place of the panic that was just caught on this thread, if it was noted.
pub(crate) fn last_panic() -> Option<Place> {
    LAST_PANIC.try_with(|last| last.borrow_mut().take()).ok().flatten()
}

/// Runs `f`, which may panic, while another panic unwinds: that one keeps its place.
pub(crate) fn keep_last_panic(f: impl FnOnce()) {
    let outer = last_panic();
    f();
    let _ = LAST_PANIC.try_with(|last| last.replace(outer));
}

impl Recover {
    /// Installs the panic hook, unless it is there already.
    #[expect(clippy::new_without_default, reason = "it changes the process")]
    #[must_use]
    pub fn new() -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            let others = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                if IS_WRAPPED.try_with(Cell::get).unwrap_or(false) {
                    let location = info.location().map(ToString::to_string).unwrap_or_default();
                    let place = Place { location, backtrace: Backtrace::force_capture() };
                    let _ = LAST_PANIC.try_with(|last| last.replace(Some(place)));
                }
                others(info);
            }));
        });
        Self(())
    }
}

impl Interceptor for Recover {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }

    async fn around<R: Rest>(&self, _call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let mut rest = pin!(rest);
        std::future::poll_fn(|cx| {
            let outer = IS_WRAPPED.replace(true);
            // The rest of a chain does not panic: it returns INTERNAL.
            let poll = rest.as_mut().poll(cx);
            IS_WRAPPED.set(outer);
            if !outer {
                // Of a panic that the handler has caught itself.
                last_panic();
            }
            poll
        })
        .await
    }
}

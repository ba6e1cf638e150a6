use std::pin::pin;

use tonic::Status;
use vestibule::{Call, Interceptor, PanicHook, Rest};

/// Logs the location and backtrace of a panic.
///
/// Every chain turns a panic into INTERNAL with a fixed text and logs its message, and other calls go on. It needs
/// no `Recover` for that. But only a panic hook knows the location of a panic. The first `Recover` installs a hook
/// for the process ([`PanicHook`]), which runs before the hook that was there. It records panics of the calls that
/// this interceptor wraps, and the chain adds the location and the backtrace to its log line.
///
/// It wraps what stands behind it in the list, so put it first:
///
/// ```
/// use vestibule_interceptors::{Deadline, Recover};
///
/// let layer = vestibule::layer((Recover::new(), Deadline::new()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Recover(PanicHook);

impl Recover {
    /// Installs the panic hook, unless it is installed already. The example of [`Recover`] calls it.
    #[expect(clippy::new_without_default, reason = "it changes a setting of the process")]
    #[must_use]
    pub fn new() -> Self {
        Self(PanicHook::install())
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
        std::future::poll_fn(|cx| self.0.record(|| rest.as_mut().poll(cx))).await
    }
}

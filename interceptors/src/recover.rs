use std::pin::pin;

use tonic::Status;
use vestibule::{Call, Interceptor, PanicHook, Rest, interceptor};

/// Logs the location and backtrace of a panic.
///
/// Even without `Recover`, every chain turns a panic into INTERNAL with a fixed text and logs the message of the
/// panic, and other calls go on. But only a panic hook can read the location of a panic. The first `Recover` installs
/// a panic hook for the process ([`PanicHook`]), which runs before the hook that was installed before. The hook
/// records the panics of the calls that this interceptor wraps. The chain adds the location and the backtrace to its
/// log line.
///
/// `Recover` wraps only the entries after it in the list, so put it first:
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

#[interceptor(phase = Edge)]
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

use std::pin::pin;

use tonic::Status;
use vestibule::{Call, Interceptor, PanicHook, Rest};

/// Logs the location and backtrace of a panic.
///
/// A chain turns every panic into INTERNAL with a fixed text, and logs its message; other calls go on. Only a panic hook
/// knows the location. The first `Recover` installs one for the process ([`PanicHook`]), which runs before the hook that was
/// there, and records panics of calls that this interceptor wraps.
///
/// ```
/// use vestibule_interceptors::Recover;
///
/// let recover = Recover::new(); // as the outermost entry of a chain
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Recover(PanicHook);

impl Recover {
    /// Installs the panic hook, unless it is there already.
    #[expect(clippy::new_without_default, reason = "it changes the process")]
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

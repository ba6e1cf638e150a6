use std::fmt;
use std::future::Future;

use tonic::Status;

use super::guarded::GuardedRest;
use super::interceptor::Rest;
use super::provided_later::ProvidedLater;
use super::rest::RestRef;
use crate::Call;

/// The rest of a call that needs a value: an interceptor that wraps the call provides the value in its middle.
///
/// [`provide`](Self::provide) gives the value, and returns the [`Rest`]. Without it, the rest is no future and can't be
/// awaited. The code before it is the start of the interceptor: an error that it returns rejects the call.
///
/// ```
/// use vestibule::{Call, RestWith, Status, interceptor};
///
/// #[derive(Clone, Copy)]
/// struct SpanId(u64);
///
/// #[interceptor]
/// async fn span(call: &Call, rest: impl RestWith<SpanId>) -> Result<(), Status> {
///     let id = SpanId(7);
///     println!("{}: span {} begins", call.method().path(), id.0);
///     let result = rest.provide(id).await;
///     println!("span {} ends", id.0);
///     result
/// }
/// ```
///
/// A list binds the value as that of any other entry: `id = span()`. The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the rest of a call",
    label = "only a chain makes a `RestWith<{P}>`"
)]
pub trait RestWith<P>: sealed::Sealed + Send {
    /// Provides the value to the later entries and to the handler, and returns the rest of the call.
    ///
    /// See [`RestWith`] for an example.
    fn provide(self, value: P) -> impl Rest;
}

mod sealed {
    pub trait Sealed {}

    impl<P> Sealed for super::ProvidingRest<'_, P> {}
}

/// The rest of a call that waits for a value.
pub struct ProvidingRest<'a, P> {
    call: &'a Call,
    provided: &'a ProvidedLater<P>,
    rest: RestRef<'a>,
}

impl<'a, P> ProvidingRest<'a, P> {
    /// Creates the rest of `call`.
    pub fn new(call: &'a Call, provided: &'a ProvidedLater<P>, rest: RestRef<'a>) -> Self {
        Self { call, provided, rest }
    }
}

impl<P: Send + Sync> RestWith<P> for ProvidingRest<'_, P> {
    fn provide(self, value: P) -> impl Rest {
        self.provided.provide(value);
        GuardedRest::new(self.call, self.rest)
    }
}

/// Returns the rest of a call for a function that wraps it at the end of a list, and provides nothing.
pub fn guarded_rest<'a>(
    call: &'a Call,
    provided: &'a ProvidedLater<()>,
    rest: RestRef<'a>,
) -> impl Future<Output = Result<(), Status>> + Send + use<'a> {
    provided.provide(());
    GuardedRest::new(call, rest)
}

impl<P> fmt::Debug for ProvidingRest<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvidingRest").finish_non_exhaustive()
    }
}

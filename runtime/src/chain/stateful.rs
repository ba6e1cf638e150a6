//! Interceptors that must not be made anew for each call.

use std::fmt;
use std::sync::Arc;

/// An interceptor whose state outlives a call: a limit, a cache, a circuit breaker.
///
/// The list in `#[interceptor(...)]` is evaluated for each call. One that was made there would be new each time: a
/// limit that is never reached, a cache that is always empty. So the list does not take it by value, however it is
/// written. Keep it in the service, and refer to it.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// use vestibule::{Call, Interceptor, Stateful, Status, interceptor};
///
/// /// Refuses all but the first calls.
/// struct Quota(AtomicU64);
///
/// impl Stateful for Quota {}
///
/// impl Interceptor for Quota {
///     type Provides = ();
///     type Hooks = ();
///
///     async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
///         let left = |left: u64| left.checked_sub(1);
///         match self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left) {
///             Ok(_) => Ok(((), ())),
///             Err(_) => Err(Status::resource_exhausted("no calls are left")),
///         }
///     }
/// }
///
/// struct Calculator {
///     quota: Quota,
/// }
///
/// #[interceptor(&self.quota)]
/// impl Calculatrice for Calculator {
///     // ...
/// #   async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
/// }
/// ```
///
/// In the tuple of [`layer`](crate::layer()) and of [`client`](crate::client()), which is made once, it stands by value.
///
/// An entry whose type is hidden does not show that it has state: `fn limit() -> impl Interceptor { Quota(...) }` is not
/// refused, nor is a limit within a value of a type of your own, as in `Guard(Quota(...))`. Such a type is `Stateful` itself.
pub trait Stateful {}

impl<S: Stateful + ?Sized> Stateful for Arc<S> {}

impl<S: Stateful> Stateful for Option<S> {}

/// An entry that a list may make for each call: one without state. The expansion calls it as a function of a trait, so that
/// rustc does not name parts of the expansion.
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps state from call to call, and this list would make a new one for each call",
    label = "keep it in the service, and write a reference to it, such as `&self.in_flight`"
)]
pub trait MadeForEachCall {
    /// The interceptor.
    type Entry;

    /// Takes the interceptor.
    fn made(self) -> Self::Entry;
}

/// An entry of a list, in a wrapper by which it can be told whether it has state.
///
/// Method lookup finds the inherent method if the entry is [`Stateful`], and that of [`AnyListed`] otherwise.
pub struct Listed<I>(pub I);

impl<I: Stateful> Listed<I> {
    /// The entry itself, which a list can't make.
    pub fn vestibule_listed(self) -> I {
        self.0
    }
}

/// An entry that does not say that it has state.
pub trait AnyListed {
    /// The entry.
    type Entry;

    /// The entry, which a list can make.
    fn vestibule_listed(self) -> Made<Self::Entry>;
}

impl<I> AnyListed for Listed<I> {
    type Entry = I;

    #[inline(always)]
    fn vestibule_listed(self) -> Made<I> {
        Made(self.0)
    }
}

/// An entry that a list can make.
pub struct Made<I>(I);

#[diagnostic::do_not_recommend]
impl<I> MadeForEachCall for Made<I> {
    type Entry = I;

    #[inline(always)]
    fn made(self) -> I {
        self.0
    }
}

impl<I> fmt::Debug for Listed<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listed").finish_non_exhaustive()
    }
}

impl<I> fmt::Debug for Made<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Made").finish_non_exhaustive()
    }
}

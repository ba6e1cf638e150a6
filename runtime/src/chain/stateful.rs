//! Interceptors whose state must outlive a call.

use std::fmt;
use std::sync::Arc;

/// A marker for interceptors whose state outlives a call, such as a limit, a cache or a circuit breaker.
///
/// The list in `#[interceptor(...)]` is evaluated for each call. A limit that the list makes would be new for each
/// call, and would never be reached. So the compiler rejects such an interceptor in the list if it is not a
/// reference. Store the interceptor in the service, and write a reference to it in the list.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// use vestibule::{Call, Interceptor, Stateful, Status, interceptor};
///
/// /// Accepts a number of calls, and rejects all further ones.
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
/// The tuple of a [`layer`](crate::layer()) or a [`client`](crate::client()) is evaluated once, so it takes such an
/// interceptor by value.
///
/// The compiler checks the type of the entry only. It cannot see the state behind a hidden type, as in
/// `fn limit() -> impl Interceptor { Quota(...) }`, or in a field, as in `Guard(Quota(...))`. So return the type itself, and
/// implement `Stateful` for types like `Guard` as well.
pub trait Stateful {}

impl<S: Stateful + ?Sized> Stateful for Arc<S> {}

impl<S: Stateful + ?Sized> Stateful for Box<S> {}

impl<S: Stateful> Stateful for Option<S> {}

/// An entry without state, which a list may make for each call.
///
/// It is a trait so that the compiler's message does not name parts of the expansion.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has state that outlives a call, so the list must refer to one that the service stores",
    label = "store it in the service, and write a reference to its field, such as `&self.in_flight`"
)]
pub trait MadeForEachCall {
    /// The type of the interceptor.
    type Entry;

    /// Returns the interceptor.
    fn made(self) -> Self::Entry;
}

/// A wrapper for an entry of a list, which distinguishes entries with and without state.
///
/// Method lookup finds the inherent method if the entry is [`Stateful`], and the method of [`AnyListed`] otherwise.
pub struct Listed<I>(pub I);

impl<I: Stateful> Listed<I> {
    /// Returns the entry itself, which does not implement [`MadeForEachCall`].
    pub fn vestibule_listed(self) -> I {
        self.0
    }
}

/// An entry whose type is not [`Stateful`].
pub trait AnyListed {
    /// The type of the entry.
    type Entry;

    /// Returns the entry as one that a list may make for each call.
    fn vestibule_listed(self) -> Made<Self::Entry>;
}

impl<I> AnyListed for Listed<I> {
    type Entry = I;

    #[inline(always)]
    fn vestibule_listed(self) -> Made<I> {
        Made(self.0)
    }
}

/// An entry that a list may make for each call.
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

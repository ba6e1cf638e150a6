use std::future::Future;

use tonic::Status;

use super::guard::StartsOnly;
use super::interceptor::{Interceptor, Rest};
use super::rest::RestRef;
use super::stateful::Stateful;
use crate::phase::{Anywhere, InPhase, PhaseRange, range_of};
use crate::{Call, Method};

/// Returns an interceptor that may stand anywhere in a list, whatever its phase is. `reason` says why, for those who read the
/// list. In `#[interceptor(...)]`, an empty reason is a compile error.
///
/// ```
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::Status;
/// use vestibule::{interceptor, out_of_order};
/// use vestibule_interceptors::InFlight;
///
/// #[interceptor(phase = Authenticate)]
/// async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<(), Status> {
///     Ok(()) // asks another server
/// }
///
/// struct Calculator {
///     in_flight: InFlight,
/// }
///
/// #[interceptor(out_of_order("spares the key server", &self.in_flight), authenticate())]
/// impl Calculatrice for Calculator {
/// #   async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
///     // ...
/// }
/// ```
///
/// # Panics
///
/// Panics if the reason is empty.
pub const fn out_of_order<I: Interceptor>(reason: &'static str, interceptor: I) -> OutOfOrder<I> {
    assert!(!reason.is_empty(), "the reason is empty; say why the entry stands here");
    OutOfOrder { reason, interceptor }
}

/// An interceptor that may stand anywhere in a list: see [`out_of_order`].
#[derive(Clone, Copy, Debug)]
#[must_use = "an interceptor does nothing unless it stands in a chain"]
pub struct OutOfOrder<I> {
    reason: &'static str,
    interceptor: I,
}

impl<I> OutOfOrder<I> {
    /// Returns the reason.
    ///
    /// ```
    /// use vestibule::{out_of_order, public};
    ///
    /// assert_eq!(out_of_order("nothing comes before it", public()).reason(), "nothing comes before it");
    /// ```
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.reason
    }
}

impl<I> InPhase for OutOfOrder<I> {
    type Phase = Anywhere;
}

#[diagnostic::do_not_recommend]
impl<I: StartsOnly> StartsOnly for OutOfOrder<I> {}

impl<I: Stateful> Stateful for OutOfOrder<I> {}

#[diagnostic::do_not_recommend]
impl<I: Interceptor> Interceptor for OutOfOrder<I> {
    type Provides = I::Provides;
    type Hooks = I::Hooks;

    const VESTIBULE_PHASES: PhaseRange = range_of::<Anywhere>();

    fn start(
        &self,
        call: &Call,
    ) -> impl Future<Output = Result<(Self::Provides, Self::Hooks), Status>> + Send {
        self.interceptor.start(call)
    }

    fn around<R: Rest>(
        &self,
        call: &Call,
        provided: &Self::Provides,
        rest: R,
    ) -> impl Future<Output = Result<(), Status>> + Send {
        self.interceptor.around(call, provided, rest)
    }

    fn vestibule_begin(
        &self,
        call: &Call,
    ) -> impl Future<Output = Result<(Self::Provides, Self::Hooks), Status>> + Send {
        self.interceptor.vestibule_begin(call)
    }

    fn vestibule_guard<'a, M: Method>(
        &'a self,
        call: &'a Call,
        provided: &'a Self::Provides,
        rest: RestRef<'a>,
    ) -> impl Future<Output = Result<(), Status>> + Send {
        self.interceptor.vestibule_guard::<M>(call, provided, rest)
    }
}

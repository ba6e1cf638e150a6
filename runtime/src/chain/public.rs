use tonic::Status;

use super::guard::StartsOnly;
use super::interceptor::Interceptor;
use crate::Call;
use crate::phase::{Authorize, InPhase, PhaseRange, range_of};

/// Returns the policy of an rpc that everybody may call: an interceptor that accepts every call.
///
/// A list states a policy for each rpc with `each(access)`. Then an open rpc says so in its own list.
///
/// ```
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::Status;
/// use vestibule::{interceptor, public};
///
/// # struct Calculator;
/// #[interceptor(each(access))]
/// impl Calculatrice for Calculator {
///     #[interceptor(access = public())]
///     async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
/// ```
pub const fn public() -> Public {
    Public(())
}

/// The interceptor that accepts every call: see [`public`].
#[derive(Clone, Copy, Debug)]
#[must_use = "an interceptor does nothing unless it stands in a chain"]
pub struct Public(());

#[diagnostic::do_not_recommend]
impl StartsOnly for Public {}

impl InPhase for Public {
    type Phase = Authorize;
}

#[diagnostic::do_not_recommend]
impl Interceptor for Public {
    type Provides = ();
    type Hooks = ();

    const VESTIBULE_PHASES: PhaseRange = range_of::<Authorize>();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }
}

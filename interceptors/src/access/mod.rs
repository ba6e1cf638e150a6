//! Policies: what a caller may do.

mod caller;
mod combined;
mod policy;
#[cfg(feature = "jwt")]
mod scopes;

use tonic::Status;
use vestibule::{Call, interceptor};

pub use caller::{HasRole, HasScope};
pub use combined::{AllOf, AnyOf, Policies, all, any};
pub use policy::{OwnerPolicy, Policy, RolePolicy, ScopePolicy, owner, role, scope};
#[cfg(feature = "jwt")]
pub use scopes::Scopes;

use policy::Needs;

/// Refuses a call that a policy does not allow for this caller.
///
/// Use it as the policy of each rpc, with [`each(access)`]:
///
/// ```
/// use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// use proto::calcul::{AdditionRequest, AdditionResponse};
/// use vestibule::{Status, interceptor};
/// use vestibule_interceptors::{HasRole, HasScope, any, require, role, scope};
///
/// #[derive(Clone, Debug, PartialEq)]
/// enum Role {
///     Admin,
///     Clerk,
/// }
///
/// struct Caller {
///     scopes: Vec<String>,
///     role: Role,
/// }
///
/// impl HasScope for Caller {
///     fn has_scope(&self, scope: &str) -> bool {
///         self.scopes.iter().any(|it| it == scope)
///     }
/// }
///
/// impl HasRole<Role> for Caller {
///     fn has_role(&self, role: &Role) -> bool {
///         self.role == *role
///     }
/// }
///
/// # #[interceptor(phase = Authenticate)]
/// # async fn authenticate() -> Result<Caller, Status> {
/// #     Ok(Caller { scopes: vec![], role: Role::Clerk })
/// # }
/// struct Calculator;
///
/// #[interceptor(caller = authenticate(), each(access))]
/// impl Calculatrice for Calculator {
///     #[interceptor(access = require(caller, any((role(Role::Admin), scope("calculator:add")))))]
///     async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
/// ```
///
/// | policy | allows a caller who |
/// | --- | --- |
/// | [`scope("orders:write")`](scope()) | has the scope, by [`HasScope`] |
/// | [`role(Role::Admin)`](role()) | has the role, by [`HasRole`] |
/// | [`owner(caller.sub == request.owner)`](owner()) | is the owner of what the message names |
/// | [`any((a, b))`](any()) | one of the policies allows |
/// | [`all((a, b))`](all()) | all policies allow |
///
/// A policy with [`owner`](owner()) uses the message, so it runs when the message has arrived, and belongs into the list of a
/// method whose client does not stream. All others run before the message is read.
///
/// # What a client reads
///
/// `PERMISSION_DENIED`, and the scope that is missing, as [RFC 6750] has it: ``needs the scope `orders:write` ``. It does not learn
/// which roles there are.
///
/// # What it reads and writes
///
/// | it | what |
/// | --- | --- |
/// | reads | the caller, and what the entry names |
/// | writes | nothing |
/// | logs | DEBUG `a policy refused a call`, with `method` and `needs` |
/// | counts | nothing |
///
/// It belongs to the phase [`Authorize`](vestibule::phase::Authorize), and allocates nothing for a call that is allowed.
///
/// [`each(access)`]: https://docs.rs/vestibule/latest/vestibule/guide/policies/
/// [RFC 6750]: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
#[interceptor(phase = Authorize)]
pub async fn require<C: Sync, P: Policy<C> + Clone + Send + Sync>(
    call: &Call,
    caller: &C,
    policy: P,
) -> Result<(), Status> {
    if policy.allows(caller) { Ok(()) } else { Err(refuse(call, &Needs(&policy, caller))) }
}

#[cold]
fn refuse<C, P: Policy<C>>(call: &Call, needs: &Needs<'_, C, P>) -> Status {
    tracing::debug!(target: "vestibule", method = call.method().path(), ?needs, "a policy refused a call");
    Status::permission_denied(format!("needs {needs}"))
}

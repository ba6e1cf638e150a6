use std::fmt;

use super::caller::{HasRole, HasScope};

/// A rule that allows some callers and refuses others. [`require`](super::require) asks it.
///
/// Implement it for a rule of your own:
///
/// ```
/// use std::fmt;
/// use vestibule_interceptors::Policy;
///
/// # struct Caller { is_verified: bool }
/// #[derive(Clone)]
/// struct Verified;
///
/// impl Policy<Caller> for Verified {
///     fn allows(&self, caller: &Caller) -> bool {
///         caller.is_verified
///     }
///
///     fn needs(&self, _: &Caller, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str("a verified address")
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no policy for a `{C}`",
    label = "is no policy",
    note = "policies are `scope(...)`, `role(...)`, `owner(...)`, `any((a, b))` and `all((a, b))`"
)]
pub trait Policy<C: ?Sized> {
    /// Returns true if the caller may go on.
    fn allows(&self, caller: &C) -> bool;

    /// Writes what a caller needs that the policy refuses, as a part of a sentence that the client reads: "the scope
    /// orders:write". It is called after [`allows`](Self::allows) has returned false.
    ///
    /// # Errors
    ///
    /// Returns the errors of the formatter.
    fn needs(&self, caller: &C, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Writes the same for the operator, who may know more. It is the same text unless this is overridden.
    ///
    /// # Errors
    ///
    /// Returns the errors of the formatter.
    fn needs_in_log(&self, caller: &C, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.needs(caller, f)
    }
}

/// What a caller needs: for the client as `Display`, and for the operator as `Debug`.
pub(super) struct Needs<'a, C, P>(pub(super) &'a P, pub(super) &'a C);

impl<C, P: Policy<C>> fmt::Display for Needs<'_, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.needs(self.1, f)
    }
}

impl<C, P: Policy<C>> fmt::Debug for Needs<'_, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.needs_in_log(self.1, f)
    }
}

/// Allows callers that have a scope.
///
/// ```
/// use vestibule_interceptors::{HasScope, Policy, scope};
///
/// struct Caller(&'static str);
///
/// impl HasScope for Caller {
///     fn has_scope(&self, scope: &str) -> bool {
///         self.0 == scope
///     }
/// }
///
/// assert!(scope("orders:read").allows(&Caller("orders:read")));
/// assert!(!scope("orders:write").allows(&Caller("orders:read")));
/// ```
#[must_use]
pub const fn scope(name: &str) -> ScopePolicy<'_> {
    ScopePolicy(name)
}

/// The policy that [`scope`] makes.
#[derive(Clone, Copy, Debug)]
pub struct ScopePolicy<'a>(&'a str);

impl<C: HasScope + ?Sized> Policy<C> for ScopePolicy<'_> {
    #[inline]
    fn allows(&self, caller: &C) -> bool {
        caller.has_scope(self.0)
    }

    fn needs(&self, _: &C, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the scope `{}`", self.0)
    }
}

/// Allows callers that have a role. The type of the role is an enum of yours.
///
/// ```
/// use vestibule_interceptors::{HasRole, Policy, role};
///
/// #[derive(Clone, Debug, PartialEq)]
/// enum Role {
///     Admin,
///     Clerk,
/// }
///
/// struct Caller(Role);
///
/// impl HasRole<Role> for Caller {
///     fn has_role(&self, role: &Role) -> bool {
///         self.0 == *role
///     }
/// }
///
/// assert!(role(Role::Admin).allows(&Caller(Role::Admin)));
/// assert!(!role(Role::Admin).allows(&Caller(Role::Clerk)));
/// ```
#[must_use]
pub const fn role<R>(role: R) -> RolePolicy<R> {
    RolePolicy(role)
}

/// The policy that [`role`] makes.
#[derive(Clone, Copy, Debug)]
pub struct RolePolicy<R>(R);

impl<R: fmt::Debug, C: HasRole<R> + ?Sized> Policy<C> for RolePolicy<R> {
    #[inline]
    fn allows(&self, caller: &C) -> bool {
        caller.has_role(&self.0)
    }

    fn needs(&self, _: &C, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another role")
    }

    fn needs_in_log(&self, _: &C, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the role {:?}", self.0)
    }
}

/// Allows the owner of what the message names. The argument compares the two.
///
/// The entry uses the message, so it runs when the message is there, and before the handler:
///
/// ```
/// use proto::probe::probe_server::{Probe, ProbeServer};
/// use proto::probe::{Ping, Pong};
/// use vestibule::{Status, interceptor};
/// use vestibule_interceptors::{any, owner, require, scope};
/// # use vestibule_interceptors::HasScope;
/// # struct Caller { name: String }
/// # impl HasScope for Caller { fn has_scope(&self, _: &str) -> bool { false } }
/// # #[interceptor(phase = Authenticate)]
/// # async fn authenticate() -> Result<Caller, Status> { Ok(Caller { name: String::new() }) }
///
/// struct Notes;
///
/// #[interceptor(caller = authenticate(), each(access))]
/// impl Probe for Notes {
///     #[interceptor(access = require(caller, any((scope("notes:all"), owner(caller.name == request.text)))))]
///     async fn echo(&self, request: Ping) -> Result<Pong, Status> {
///         Ok(Pong { text: request.text })
///     }
/// #   #[interceptor(access = require(caller, scope("notes:all")))]
/// #   async fn get_url(&self, request: Ping) -> Result<Pong, Status> { Ok(Pong { text: request.text }) }
/// }
/// ```
#[must_use]
pub const fn owner(is_owner: bool) -> OwnerPolicy {
    OwnerPolicy(is_owner)
}

/// The policy that [`owner`] makes.
#[derive(Clone, Copy, Debug)]
pub struct OwnerPolicy(bool);

impl<C: ?Sized> Policy<C> for OwnerPolicy {
    #[inline]
    fn allows(&self, _: &C) -> bool {
        self.0
    }

    fn needs(&self, _: &C, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("to own it")
    }
}

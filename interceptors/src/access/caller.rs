use std::sync::Arc;

/// A caller with scopes, as OAuth 2 has them. [`scope`](super::scope()) asks for one.
///
/// Implement it for the type that your authentication provides, such as the claims of a token:
///
/// ```
/// use vestibule_interceptors::HasScope;
///
/// struct Caller {
///     scope: String,
/// }
///
/// impl HasScope for Caller {
///     fn has_scope(&self, scope: &str) -> bool {
///         self.scope.split(' ').any(|it| it == scope)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "it is not known which scopes a `{Self}` has",
    label = "asks for a scope",
    note = "write `impl vestibule_interceptors::HasScope for {Self}`"
)]
pub trait HasScope {
    /// Returns true if the caller has the scope. Compare whole scopes: `orders` is no part of `orders:write`.
    fn has_scope(&self, scope: &str) -> bool;
}

/// A caller with roles of the type `R`, an enum of yours. [`role`](super::role()) asks for one.
///
/// ```
/// use vestibule_interceptors::HasRole;
///
/// #[derive(PartialEq)]
/// enum Role {
///     Admin,
/// }
///
/// struct Caller {
///     roles: Vec<Role>,
/// }
///
/// impl HasRole<Role> for Caller {
///     fn has_role(&self, role: &Role) -> bool {
///         self.roles.contains(role)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "it is not known which `{R}` a `{Self}` has",
    label = "asks for a role",
    note = "write `impl vestibule_interceptors::HasRole<{R}> for {Self}`"
)]
pub trait HasRole<R: ?Sized> {
    /// Returns true if the caller has the role.
    fn has_role(&self, role: &R) -> bool;
}

/// Implements the traits for a pointer to a caller.
macro_rules! impl_for_pointers {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<C: HasScope + ?Sized> HasScope for $type {
            fn has_scope(&self, scope: &str) -> bool {
                C::has_scope(self, scope)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<R: ?Sized, C: HasRole<R> + ?Sized> HasRole<R> for $type {
            fn has_role(&self, role: &R) -> bool {
                C::has_role(self, role)
            }
        }
    )*};
}

impl_for_pointers!(&C, Arc<C>, Box<C>);

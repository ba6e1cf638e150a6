use std::fmt;

use super::policy::Policy;

/// Allows callers that one of the policies allows. The policies are a tuple of two to eight.
///
/// ```
/// use vestibule_interceptors::{Policy, any, owner};
///
/// let [yes, no] = [true, false].map(owner);
/// assert!(any((no, yes)).allows(&()));
/// assert!(!any((no, no)).allows(&()));
/// ```
#[must_use]
pub const fn any<P>(policies: P) -> AnyOf<P> {
    AnyOf(policies)
}

/// Allows callers that all of the policies allow. The policies are a tuple of two to eight.
///
/// ```
/// use vestibule_interceptors::{Policy, all, owner};
///
/// let [yes, no] = [true, false].map(owner);
/// assert!(all((yes, yes)).allows(&()));
/// assert!(!all((no, yes)).allows(&()));
/// ```
#[must_use]
pub const fn all<P>(policies: P) -> AllOf<P> {
    AllOf(policies)
}

/// The policy that [`any`] makes.
#[derive(Clone, Copy, Debug)]
pub struct AnyOf<P>(P);

/// The policy that [`all`] makes.
#[derive(Clone, Copy, Debug)]
pub struct AllOf<P>(P);

/// A tuple of two to eight policies, for [`any`] and [`all`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tuple of policies",
    label = "needs two to eight policies",
    note = "write them in parentheses, as in `any((role(Role::Admin), scope(\"orders:write\")))`"
)]
pub trait Policies<C: ?Sized> {
    /// Calls `visit` with each policy, until it returns false.
    #[doc(hidden)]
    fn visit(&self, visit: &mut dyn FnMut(&dyn Policy<C>) -> bool);

    /// Returns true if one of the policies allows the caller.
    #[doc(hidden)]
    fn any_allows(&self, caller: &C) -> bool;

    /// Returns true if all policies allow the caller.
    #[doc(hidden)]
    fn all_allow(&self, caller: &C) -> bool;
}

macro_rules! impl_for_tuples {
    ($(($($type:ident $index:tt),*))*) => {$(
        impl<C: ?Sized, $($type: Policy<C>),*> Policies<C> for ($($type,)*) {
            fn visit(&self, visit: &mut dyn FnMut(&dyn Policy<C>) -> bool) {
                let _ = $(visit(&self.$index))&&*;
            }

            #[inline]
            fn any_allows(&self, caller: &C) -> bool {
                $(self.$index.allows(caller))||*
            }

            #[inline]
            fn all_allow(&self, caller: &C) -> bool {
                $(self.$index.allows(caller))&&*
            }
        }
    )*};
}

impl_for_tuples! {
    (A 0, B 1)
    (A 0, B 1, D 2)
    (A 0, B 1, D 2, E 3)
    (A 0, B 1, D 2, E 3, F 4)
    (A 0, B 1, D 2, E 3, F 4, G 5)
    (A 0, B 1, D 2, E 3, F 4, G 5, H 6)
    (A 0, B 1, D 2, E 3, F 4, G 5, H 6, I 7)
}

/// Writes what a policy needs, with one of the methods of [`Policy`].
type Write<C> = fn(&dyn Policy<C>, &C, &mut fmt::Formatter<'_>) -> fmt::Result;

/// Writes what all of the policies need, with `or` in between.
fn write_all<C: ?Sized>(
    policies: &impl Policies<C>,
    caller: &C,
    f: &mut fmt::Formatter<'_>,
    write: Write<C>,
) -> fmt::Result {
    let (mut result, mut is_first) = (Ok(()), true);
    policies.visit(&mut |policy| {
        let between = if is_first { Ok(()) } else { f.write_str(" or ") };
        is_first = false;
        result = between.and_then(|()| write(policy, caller, f));
        result.is_ok()
    });
    result
}

/// Writes what the first of the policies needs that refuses the caller.
fn write_first<C: ?Sized>(
    policies: &impl Policies<C>,
    caller: &C,
    f: &mut fmt::Formatter<'_>,
    write: Write<C>,
) -> fmt::Result {
    let mut result = Ok(());
    policies.visit(&mut |policy| {
        let allows = policy.allows(caller);
        if !allows {
            result = write(policy, caller, f);
        }
        allows
    });
    result
}

impl<C: ?Sized, P: Policies<C>> Policy<C> for AnyOf<P> {
    #[inline]
    fn allows(&self, caller: &C) -> bool {
        self.0.any_allows(caller)
    }

    fn needs(&self, caller: &C, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_all(&self.0, caller, f, |policy, caller, f| policy.needs(caller, f))
    }

    fn needs_in_log(&self, caller: &C, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_all(&self.0, caller, f, |policy, caller, f| policy.needs_in_log(caller, f))
    }
}

impl<C: ?Sized, P: Policies<C>> Policy<C> for AllOf<P> {
    #[inline]
    fn allows(&self, caller: &C) -> bool {
        self.0.all_allow(caller)
    }

    fn needs(&self, caller: &C, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_first(&self.0, caller, f, |policy, caller, f| policy.needs(caller, f))
    }

    fn needs_in_log(&self, caller: &C, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_first(&self.0, caller, f, |policy, caller, f| policy.needs_in_log(caller, f))
    }
}

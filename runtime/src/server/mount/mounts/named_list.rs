use std::any::TypeId;

use super::tuples::for_tuples;
use crate::Interceptor;
use crate::chain::ListHooks;

/// A function that `#[interceptor(...)]` has made of a list.
///
/// You do not implement this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a named list",
    label = "write the name of a function with `#[interceptor(...)]` and a list"
)]
pub trait NamedList<A> {
    /// Returns the type that stands for the list.
    #[doc(hidden)]
    fn id() -> TypeId;
}

macro_rules! implement {
    ($($name:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<F, I, Id, $($name),*> NamedList<($($name,)*)> for F
        where
            F: FnOnce($($name),*) -> I,
            I: Interceptor<Hooks = ListHooks<Id>>,
            Id: 'static,
        {
            fn id() -> TypeId {
                TypeId::of::<ListHooks<Id>>()
            }
        }
    };
}

for_tuples!(implement);

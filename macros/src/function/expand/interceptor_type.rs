//! The type of the interceptor that a function becomes.

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;

use crate::function::model::function::Function;

/// Returns true if the type needs a marker field. An impl must mention each of its generics, also one that no plain
/// parameter has.
pub(super) fn has_generics(function: &Function) -> bool {
    !function.inner.sig.generics.params.is_empty()
}

/// Returns a name that does not occur in the user's signature, which is in scope of the type.
pub(super) fn type_name(function: &Function) -> Ident {
    format_ident!("{}_interceptor", function.inner.sig.ident.unraw())
}

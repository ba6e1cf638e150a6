//! The warning about a name that nobody uses.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Attribute;

use super::entry_use::may_use;
use super::repeated::is_repeated;
use crate::args::entry::Entry;

/// Makes a variable of each unused name, about which rustc warns, unless one of the lints silences it. A name with an underscore
/// in front says that nobody uses it.
pub(crate) fn warnings(names: &[&Ident], lints: impl IntoIterator<Item = Attribute>) -> Option<TokenStream> {
    let lints = lints.into_iter();
    (!names.is_empty()).then(|| {
        quote! {
            #(#lints)*
            const _: fn() = || {
                #(let #names = ();)*
            };
        }
    })
}

/// Returns true if a name begins with an underscore.
pub(crate) fn may_be_unused(name: &Ident) -> bool {
    name.to_string().starts_with('_')
}

/// Returns true if an entry of the chain uses the name, or if the name allows its entry to stand in the chain twice.
pub(crate) fn is_used_in(chain: &[&Entry], name: &Ident) -> bool {
    let (own, others): (Vec<_>, Vec<_>) = chain.iter().copied().partition(|entry| entry.name() == Some(name));
    let repeats = |other: &Entry| own.iter().any(|own| is_repeated(own, other));
    others.iter().any(|other| may_use(other, name) || repeats(other))
}

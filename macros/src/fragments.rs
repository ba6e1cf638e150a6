//! Pieces that the expansions of functions and of services are both made of.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

use crate::key::Key;
use crate::names::{local, mixed};
use crate::runtime_path::RuntimePath;

/// The conversion of an error into a status. A mistake in it belongs at the error's type, or where
/// that is hidden in an alias, at the alias.
pub(crate) fn into_status(private: &RuntimePath, error_type: Option<&Type>, alias: Span) -> TokenStream {
    let error = mixed("error");
    match error_type {
        Some(ty) => quote!(|#error: #ty| <#ty as #private::IntoStatus<_>>::into_status(#error)),
        None => {
            let at = Span::mixed_site().located_at(alias);
            let (private, error) = (private.at(at), local("error", at));
            quote_spanned!(at=> |#error| #private::IntoStatus::into_status(#error))
        }
    }
}

/// The metadata of `key` as a value of type `ty`.
pub(crate) fn read(call: &Ident, key: &Key, ty: &TokenStream) -> TokenStream {
    let literal = &key.literal;
    let get = if key.is_binary() { quote!(get_bin) } else { quote!(get) };
    quote!(#call.#get::<#ty>(#literal))
}

//! Expressions that the expansions of functions, services and errors share.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

use super::hygiene::{local, local_at};
use super::metadata_key::MetadataKey;
use super::runtime_path::RuntimePath;

/// Makes the closure that converts an error into a status. rustc reports a mistake at the error's type. If an alias hides
/// that type, rustc reports it at the alias.
pub(crate) fn error_into_status(
    private: &RuntimePath,
    error_type: Option<&Type>,
    alias: Span,
) -> TokenStream {
    let error = local("error");
    match error_type {
        Some(ty) => quote!(|#error: #ty| <#ty as #private::IntoStatus<_>>::into_status(#error)),
        None => {
            let at = Span::mixed_site().located_at(alias);
            let (private, error) = (private.at(at), local_at("error", at));
            quote_spanned!(at=> |#error| #private::IntoStatus::into_status(#error))
        }
    }
}

/// Makes the call that reads the metadata of `key` as a value of type `ty`.
pub(crate) fn read_metadata(call: &Ident, key: &MetadataKey, ty: &TokenStream) -> TokenStream {
    let literal = &key.literal;
    let get = if key.is_binary() { quote!(get_bin) } else { quote!(get) };
    quote!(#call.#get::<#ty>(#literal))
}

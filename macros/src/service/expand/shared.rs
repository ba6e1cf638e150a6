//! Small pieces that several parts of the expansion are made of.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;
use syn::ext::IdentExt;

use crate::key::Key;
use crate::names::mixed;
use crate::runtime_path::RuntimePath;
use crate::service::model::{Method, Service};

/// Private, and unlike any name a user would choose: two services may share a method's name.
pub(super) fn handler_name(service: &Service, method: &Method) -> Ident {
    let path = service.trait_path.iter().flat_map(|path| &path.segments);
    let path: Vec<_> = path.map(|segment| segment.ident.unraw().to_string().to_lowercase()).collect();
    let name = method.sig.ident.unraw();
    format_ident!("__{}_{name}", path.join("_"), span = method.sig.ident.span())
}

/// The function that runs the chain of a method whose reply streams.
pub(super) fn chain_name(service: &Service, method: &Method) -> Ident {
    format_ident!("{}_chain", handler_name(service, method))
}

/// The conversion of an error into a status. A mistake in it belongs at the error's type, or where
/// that is hidden in an alias, at the alias.
pub(crate) fn into_status(private: &RuntimePath, error_type: Option<&Type>, alias: Span) -> TokenStream {
    let error = mixed("error");
    match error_type {
        Some(ty) => quote!(|#error: #ty| <#ty as #private::IntoStatus>::into_status(#error)),
        None => {
            let at = Span::mixed_site().located_at(alias);
            let (private, error) = (private.at(at), Ident::new("error", at));
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

//! What an error type becomes: conversions into a status and, if it has a domain, from one.

mod from_status;
mod to_status;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Generics, Member};

use super::model::{ErrorType, Field, Variant};
use crate::names::mixed;
use crate::runtime_path::RuntimePath;

/// If the error type has mistakes, the conversions are there all the same, without bodies: whatever
/// uses them still compiles.
pub(super) fn expand(private: &RuntimePath, model: &ErrorType, is_valid: bool) -> TokenStream {
    let to_status = to_status::expand(private, model, is_valid);
    let from_status = from_status::expand(private, model, is_valid);
    quote!(#to_status #from_status)
}

/// `Error::Variant`, or `Error`.
fn path(model: &ErrorType, variant: &Variant) -> TokenStream {
    let ident = &model.ident;
    match &variant.ident {
        Some(variant) => quote!(#ident::#variant),
        None => quote!(#ident),
    }
}

/// Generics of the type, with what its fields need to travel.
fn generics(private: &RuntimePath, model: &ErrorType) -> Generics {
    let mut generics = model.generics.clone();
    if generics.type_params().next().is_none() {
        return generics;
    }
    let fields = model.variants.iter().flat_map(|variant| &variant.fields);
    for Field { ty, .. } in fields.filter(|field| field.metadata.is_some()) {
        let ty = crate::result_type::unwrapped(ty, "Option").unwrap_or(ty);
        generics.make_where_clause().predicates.push(syn::parse_quote!(#ty: #private::ErrorField));
    }
    generics
}

/// A field in a pattern.
fn bind(field: &Field) -> TokenStream {
    let (member, binding) = (&field.member, &field.binding);
    match member {
        Member::Named(_) => quote!(#binding),
        Member::Unnamed(_) => quote!(#member: #binding),
    }
}

fn error() -> Ident {
    mixed("error")
}

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
    let short = RuntimePath::short();
    let to_status = to_status::expand(&short, model, is_valid);
    let from_status = from_status::expand(&short, model, is_valid);
    private.in_scope(&quote!(#to_status #from_status))
}

/// `Error::Variant`, or `Error`.
fn path(model: &ErrorType, variant: &Variant) -> TokenStream {
    let ident = &model.ident;
    match &variant.ident {
        Some(variant) => quote!(#ident::#variant),
        None => quote!(#ident),
    }
}

/// Generics of the type, with what its fields need to travel: there, or back.
fn generics(private: &RuntimePath, model: &ErrorType, is_back: bool) -> Generics {
    let mut generics = model.generics.clone();
    if generics.type_params().next().is_none() {
        return generics;
    }
    let predicates = &mut generics.make_where_clause().predicates;
    // Types of a variant that may be absent may be absent as well.
    let variants = model.variants.iter().filter(|variant| variant.cfgs.is_empty());
    for Field { ty, metadata, is_default, .. } in variants.flat_map(|variant| &variant.fields) {
        if metadata.is_some() {
            let ty = crate::result_type::unwrapped(ty, "Option").unwrap_or(ty);
            predicates.push(syn::parse_quote!(#ty: #private::ErrorField));
        } else if *is_default && is_back {
            predicates.push(syn::parse_quote!(#ty: #private::Default));
        }
    }
    generics
}

/// A field in a pattern.
fn bind(field: &Field) -> TokenStream {
    let (member, binding) = (&field.member, &field.binding);
    match member {
        Member::Named(name) if name == binding => quote!(#binding),
        _ => quote!(#member: #binding),
    }
}

fn error() -> Ident {
    mixed("error")
}

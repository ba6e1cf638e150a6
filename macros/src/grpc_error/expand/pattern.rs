//! Paths, patterns and bounds that both conversions use.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Member};

use crate::common::runtime_path::RuntimePath;
use crate::common::types::inner_type;
use crate::grpc_error::model::error_type::ErrorType;
use crate::grpc_error::model::field::Field;
use crate::grpc_error::model::variant::Variant;

/// A conversion of the error type.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Direction {
    ToStatus,
    FromStatus,
}

/// Makes the path `Error::Variant`, or `Error` for a struct.
pub(super) fn variant_path(model: &ErrorType, variant: &Variant) -> TokenStream {
    let ident = &model.ident;
    match &variant.ident {
        Some(variant) => quote!(#ident::#variant),
        None => quote!(#ident),
    }
}

/// Returns the generics of the type, with the bounds that its fields need for the conversion.
pub(super) fn bounded_generics(private: &RuntimePath, model: &ErrorType, direction: Direction) -> Generics {
    let mut generics = model.generics.clone();
    if generics.type_params().next().is_none() {
        return generics;
    }
    let predicates = &mut generics.make_where_clause().predicates;
    if direction == Direction::ToStatus
        && model.variants.iter().any(|variant| variant.declared_status().is_some())
    {
        // Without this bound, method lookup would not see that the error has sources.
        let (ident, (_, type_generics, _)) = (&model.ident, model.generics.split_for_impl());
        predicates.push(match model.generics.lifetimes().next() {
            None => syn::parse_quote!(#ident #type_generics: #private::GenericError),
            Some(_) => syn::parse_quote!(#ident #type_generics: ::core::error::Error),
        });
    }
    // If a `#[cfg]` removes a variant, the types of its fields may be absent as well.
    let variants =
        model.variants.iter().filter(|variant| variant.cfgs.is_empty() && variant.status.is_some());
    for Field { ty, metadata, is_default, .. } in variants.flat_map(|variant| &variant.fields) {
        if metadata.is_some() {
            let ty = inner_type(ty, "Option").unwrap_or(ty);
            predicates.push(syn::parse_quote!(#ty: #private::ErrorField));
        } else if *is_default && direction == Direction::FromStatus {
            predicates.push(syn::parse_quote!(#ty: #private::Default));
        }
    }
    generics
}

/// Binds a field in a pattern.
pub(super) fn field_pattern(field: &Field) -> TokenStream {
    let (member, binding) = (&field.member, &field.binding);
    match member {
        Member::Named(name) if name == binding => quote!(#binding),
        _ => quote!(#member: #binding),
    }
}

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::model::{ErrorType, Status};
use crate::runtime_path::RuntimePath;

/// `From<E> for Status`. If the error type has mistakes, it is there all the same, without a body:
/// whatever uses it still compiles.
pub(super) fn expand(private: &RuntimePath, model: &ErrorType, is_valid: bool) -> TokenStream {
    let ErrorType { ident, generics, .. } = model;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let error = Ident::new("error", Span::mixed_site());
    let body = if is_valid { body(private, model, &error) } else { quote!({ ::core::unreachable!() }) };
    quote! {
        #[automatically_derived]
        impl #impl_generics ::core::convert::From<#ident #type_generics> for #private::Status #where_clause {
            fn from(#error: #ident #type_generics) -> Self #body
        }
    }
}

fn body(private: &RuntimePath, model: &ErrorType, error: &Ident) -> TokenStream {
    let ErrorType { ident, generics, variants } = model;
    let (_, type_generics, _) = generics.split_for_impl();
    let inner = Ident::new("inner", Span::mixed_site());
    let arms = variants.iter().map(|variant| {
        let cfgs = &variant.cfgs;
        let path = match &variant.ident {
            Some(variant) => quote!(#ident::#variant),
            None => quote!(#ident),
        };
        match &variant.status {
            Status::Transparent(member, ty) => {
                quote!(#(#cfgs)* #path { #member: #inner } => <#ty as #private::IntoStatus>::into_status(#inner),)
            }
            Status::Code(code) => {
                let code = code.to_tokens(private);
                // An error about `Display` belongs at the type that lacks it.
                let message = quote!(<#ident #type_generics as #private::ToString>::to_string(&#error));
                quote!(#(#cfgs)* #error @ #path { .. } => #private::Status::new(#code, #message),)
            }
        }
    });
    quote!({ match #error { #(#arms)* } })
}

use proc_macro2::TokenStream;
use quote::quote;

use super::pattern::{field_pattern, variant_path};
use crate::common::hygiene::local;
use crate::common::runtime_path::RuntimePath;
use crate::grpc_error::model::error_type::ErrorType;
use crate::grpc_error::model::variant::Variant;
use crate::grpc_error::parse::status_code::StatusCode;

/// Makes the impl with the codes that are decided at run time, if there are any. It is a method of its own, so that the
/// expressions can use `self`.
pub(super) fn implementation(private: &RuntimePath, model: &ErrorType) -> Option<TokenStream> {
    let arms: Vec<_> = model.variants.iter().filter_map(|variant| arm(private, model, variant)).collect();
    if arms.is_empty() {
        return None;
    }
    let ident = &model.ident;
    let (impl_generics, type_generics, where_clause) = model.generics.split_for_impl();
    Some(quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #private::RunTimeCode for #ident #type_generics #where_clause {
            fn vestibule_code(&self) -> #private::Code {
                match self {
                    #(#arms)*
                    #[allow(unreachable_patterns)]
                    _ => ::core::unreachable!(),
                }
            }
        }
    })
}

fn arm(private: &RuntimePath, model: &ErrorType, variant: &Variant) -> Option<TokenStream> {
    let StatusCode::RunTime { expr, .. } = &variant.declared_status()?.code else { return None };
    let (cfgs, path) = (&variant.cfgs, variant_path(model, variant));
    let fields = variant.fields.iter().map(field_pattern);
    let bindings = variant.fields.iter().map(|field| &field.binding);
    let code = local("code");
    Some(quote! {
        #(#cfgs)*
        #path { #(#fields,)* .. } => {
            let _ = (#(#bindings,)*);
            let #code: #private::Code = #expr;
            #code
        }
    })
}

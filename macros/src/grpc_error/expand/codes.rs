//! The codes that an error can have, for the report of the services that return it.

use proc_macro2::TokenStream;
use quote::quote;

use crate::common::runtime_path::RuntimePath;
use crate::grpc_error::model::error_type::ErrorType;
use crate::grpc_error::model::variant::{Status, Variant};
use crate::grpc_error::parse::status_code::StatusCode;

/// Makes the constant with the codes. There is none for an error with a code that only an expression knows, as the trait's own
/// constant says the same.
pub(super) fn codes(private: &RuntimePath, model: &ErrorType) -> Option<TokenStream> {
    let codes: Option<Vec<_>> = model.variants.iter().map(|variant| code(private, variant)).collect();
    let codes = codes?;
    Some(quote! {
        const CODES: #private::Option<#private::CodeSet> = {
            #[allow(unused_imports)]
            use #private::UnknownCodes as _;
            #private::CodeSet::union(&[#(#codes),*])
        };
    })
}

/// Makes the set of the codes of a variant.
fn code(private: &RuntimePath, variant: &Variant) -> Option<TokenStream> {
    let cfgs = &variant.cfgs;
    let codes = match (variant.status.as_ref()?, variant.fields.as_slice()) {
        (Status::Declared(declared), _) => match &declared.code {
            StatusCode::Constant(code) => {
                let code = code.to_tokens(private);
                quote!(#private::Option::Some(#private::CodeSet::of(#code)))
            }
            StatusCode::RunTime { .. } => return None,
        },
        (Status::Transparent { .. }, [field]) => {
            let ty = &field.ty;
            quote!(#private::CodesOf::<#ty>::CODES)
        }
        (Status::Transparent { .. }, _) => return None,
    };
    Some(quote!(#(#cfgs)* #codes))
}

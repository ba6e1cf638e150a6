//! `#[grpc_error]` on an enum or a struct.

mod expand;
mod model;

use proc_macro2::TokenStream;
use quote::quote;

use crate::args::CrateOnly;
use crate::errors::Errors;
use model::ErrorType;

pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let runtime = errors.ok(syn::parse2::<CrateOnly>(args)).unwrap_or_default().0;
    let Some((stripped, model)) =
        errors.ok(syn::parse2(item.clone())).map(|item| ErrorType::new(item, &mut errors))
    else {
        let errors = errors.into_compile_errors();
        return quote!(#item #errors);
    };
    let conversion = model.map(|model| expand::expand(&runtime, &model, errors.is_empty()));
    let errors = errors.into_compile_errors();
    quote!(#stripped #conversion #errors)
}

//! `#[grpc_error]` on an enum or a struct, or on a method of a service that has no chain.

mod check;
mod details;
mod expand;
mod method;
mod model;
mod parse;
mod text;

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::args::GrpcError;
use crate::errors::Errors;
use crate::runtime_path::RuntimePath;
use model::ErrorType;

pub(crate) use method::expand as expand_method;

pub(crate) const MISPLACED: &str = "`#[grpc_error]` is not expected here; put it on an enum or a struct, on the impl of a tonic service or on a method of it";

pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let args: GrpcError = match syn::parse2(args) {
        Ok(args) => args,
        // Whether there is a domain is not known, and much depends on it.
        Err(error) => return with_mistake(item, error),
    };
    let mut errors = Errors::default();
    check::domain(args.domain.as_ref(), &mut errors);
    let Some((stripped, model)) = errors
        .ok(syn::parse2(item.clone()))
        .map(|item| ErrorType::new(item, args.domain, args.max_size, &mut errors))
    else {
        let errors = errors.into_compile_errors();
        return quote!(#item #errors);
    };
    if model.is_none() {
        errors.push(syn::Error::new(Span::call_site(), MISPLACED));
    }
    let conversions = model.map(|model| expand::expand(&args.runtime, &model, errors.is_empty()));
    let errors = errors.into_compile_errors();
    quote!(#stripped #conversions #errors)
}

/// What is left of an item whose attribute could not be read.
fn with_mistake(item: &TokenStream, mistake: syn::Error) -> TokenStream {
    let mistake = mistake.into_compile_error();
    let Ok(item) = syn::parse2(item.clone()) else { return quote!(#item #mistake) };
    let (stripped, model) = ErrorType::new(item, None, None, &mut Errors::default());
    let conversions = model.map(|model| expand::expand(&RuntimePath::default(), &model, false));
    quote!(#stripped #conversions #mistake)
}

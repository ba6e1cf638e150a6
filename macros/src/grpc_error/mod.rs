//! `#[grpc_error]` on an enum or a struct, or on a method of a service that has no chain.

mod check;
mod expand;
mod fallback;
mod method;
mod model;
mod parse;

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::common::errors::Errors;
use model::error_type::ErrorType;
use parse::error_args::ErrorArgs;
use parse::error_item::ErrorSyntax;

pub(crate) use method::expand as expand_method;

pub(crate) const MISPLACED: &str = "`#[grpc_error]` is not expected here; put it on an enum or a struct, on the impl of a tonic service or on a method of it";

pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let args: ErrorArgs = match syn::parse2(args) {
        Ok(args) => args,
        Err(error) => return with_unread_args(item, &error),
    };
    let mut errors = Errors::default();
    check::domain_is_well_formed(args.domain.as_ref(), &mut errors);
    let Some(parsed) = errors.ok(syn::parse2(item.clone())) else {
        let errors = errors.into_compile_errors();
        return quote!(#item #errors);
    };
    let runtime = args.runtime.clone();
    let (stripped, syntax) = ErrorSyntax::parse(parsed, args);
    let Some(syntax) = syntax else {
        errors.push(syn::Error::new(Span::call_site(), MISPLACED));
        let errors = errors.into_compile_errors();
        return quote!(#stripped #errors);
    };
    let model = ErrorType::new(&syntax);
    check::check(syntax, &model, &mut errors);
    let conversions =
        if errors.is_empty() { expand::expand(&runtime, &model) } else { fallback::expand(&runtime, &model) };
    let errors = errors.into_compile_errors();
    quote!(#stripped #conversions #errors)
}

/// Reports arguments that could not be read, and nothing else. Many rules depend on the domain, which may be among them.
fn with_unread_args(item: &TokenStream, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    let Ok(parsed) = syn::parse2(item.clone()) else { return quote!(#item #error) };
    let args = ErrorArgs::default();
    let runtime = args.runtime.clone();
    let (stripped, syntax) = ErrorSyntax::parse(parsed, args);
    let conversions = syntax.map(|syntax| fallback::expand(&runtime, &ErrorType::new(&syntax)));
    quote!(#stripped #conversions #error)
}

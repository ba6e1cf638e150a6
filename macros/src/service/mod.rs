//! `#[interceptor]`, `#[require_metadata]` and `#[grpc_error]` on the impl of a tonic service.

pub(crate) mod desugared;
pub(crate) mod parse;

mod attributes;
mod check;
mod expand;
mod fallback;
mod listed;
mod mention;
mod model;
mod param;
mod rpc;
mod stream;
mod unseen;

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;
use crate::item::Attribute;
use model::Service;
use parse::ImplSyntax;

pub(crate) fn expand(attribute: Attribute, args: TokenStream, syntax: ImplSyntax) -> TokenStream {
    let mut errors = Errors::default();
    let mut service = Service::new(attribute, args, syntax, &mut errors);
    check::check(&mut service, &mut errors);
    if errors.is_empty() {
        return expand::expand(&service);
    }
    let fallback = fallback::expand(&service);
    let errors = errors.into_compile_errors();
    quote!(#fallback #errors)
}

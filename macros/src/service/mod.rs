//! `#[interceptor]`, `#[require_metadata]` and `#[grpc_error]` on the impl of a tonic service.

mod check;
mod expand;
mod fallback;
mod model;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;

use crate::common::errors::Errors;
use crate::common::macro_name::MacroName;
use crate::syntax::item_impl::ImplSyntax;
use model::service::Service;
use parse::service::ServiceSyntax;

pub(crate) fn expand(name: MacroName, args: TokenStream, item: ImplSyntax) -> TokenStream {
    let mut errors = Errors::default();
    let syntax = ServiceSyntax::parse(name, args, item, &mut errors);
    let service = Service::new(&syntax);
    check::check(syntax, &service, &mut errors);
    if errors.is_empty() {
        return expand::expand(&service);
    }
    let fallback = fallback::expand(&service);
    let errors = errors.into_compile_errors();
    quote!(#fallback #errors)
}

//! `#[interceptor]` on an `async fn`.

mod expand;
mod lifetimes;
mod model;

use proc_macro2::TokenStream;
use quote::quote;

use crate::args::CrateOnly;
use crate::errors::Errors;
use crate::item::FnSyntax;
use model::Function;

pub(crate) fn expand(args: TokenStream, syntax: FnSyntax) -> TokenStream {
    let mut errors = Errors::default();
    let runtime = errors.ok(syn::parse2::<CrateOnly>(args)).unwrap_or_default().0.unwrap_or_default();
    let function = Function::new(runtime, syntax, &mut errors);
    if errors.is_empty() {
        return expand::expand(&function);
    }
    let fallback = expand::fallback(&function);
    let errors = errors.into_compile_errors();
    quote!(#fallback #errors)
}

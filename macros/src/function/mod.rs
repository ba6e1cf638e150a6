//! `#[interceptor]` on an `async fn`.

mod check;
mod expand;
mod fallback;
mod model;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;

use crate::common::errors::Errors;
use crate::syntax::function::FnSyntax;
use model::function::Function;
use parse::FunctionSyntax;

pub(crate) fn expand(args: TokenStream, item: FnSyntax) -> TokenStream {
    let mut errors = Errors::default();
    let syntax = FunctionSyntax::parse(args, item, &mut errors);
    let function = Function::new(&syntax);
    check::check(&syntax, &function, &mut errors);
    if errors.is_empty() {
        return expand::expand(&function);
    }
    let fallback = fallback::expand(&function);
    let errors = errors.into_compile_errors();
    quote!(#fallback #errors)
}

//! `#[interceptor]` on an `async fn`, with or without a list in front of it.

mod check;
mod expand;
mod fallback;
mod model;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;

use crate::common::errors::Errors;
use crate::common::macro_name::MacroName;
use crate::common::types::path_ends_in;
use crate::syntax::function::FnSyntax;
use crate::syntax::placeholder::placeholder;
use model::function::Function;
use parse::FunctionSyntax;

pub(crate) fn expand(name: MacroName, args: TokenStream, item: FnSyntax) -> TokenStream {
    let mut errors = Errors::default();
    let syntax = FunctionSyntax::parse(name, args, item, &mut errors);
    let function = Function::new(&syntax);
    check::check(&syntax, &function, &mut errors);
    let (consumed, placeholder) = (&syntax.attributes.consumed, placeholder());
    let placeholders = quote!(#(#[#consumed] #placeholder)*);
    if errors.is_empty() {
        let function = expand::expand(&function);
        return quote!(#function #placeholders);
    }
    let fallback = fallback::expand(&function);
    let errors = errors.into_compile_errors();
    quote!(#fallback #placeholders #errors)
}

/// Returns true if the function has `#[interceptor]` below another attribute of ours.
pub(crate) fn is_interceptor(function: &FnSyntax) -> bool {
    function.attrs.iter().any(|attr| path_ends_in(attr.path(), "interceptor"))
}

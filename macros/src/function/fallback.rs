use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::expand::outer_function;
use super::model::function::{Elision, Function};
use super::model::lifetimes;
use crate::common::result_type::ResultType;
use crate::syntax::body_as_result::check_body_as_result;

/// Makes the function for an interceptor with mistakes: the code that calls it still compiles. rustc's lints stay silent
/// until the mistakes are mended. They would say, for instance, that `rest` is unused, and advise a name that lets the
/// mistake pass as intended.
pub(super) fn expand(function: &Function) -> TokenStream {
    let Function { runtime: private, provides, .. } = function;
    let mut inner = function.inner.clone();
    if ResultType::from_output(&inner.sig.output).is_none() {
        check_body_as_result(private, &mut inner.sig, &mut inner.body);
    } else if !matches!(function.elision, Elision::Resolved) || function.borrows_for_rest() {
        lifetimes::unify_elided(&mut inner.sig);
    }
    let values = function.plain().map(|plain| &plain.name);
    let body = quote! {
        #[allow(unused)]
        #inner
        let _ = (#(#values,)*);
        #private::Placeholder::<#provides>::new()
    };
    outer_function(function, &provides.to_token_stream(), &quote!(()), None, &body)
}

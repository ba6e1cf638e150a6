//! A method of a service that has no chain. `#[tonic::async_trait]` above the impl has run first, and has made a method that
//! returns a boxed future.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Expr, ExprPath, ReturnType, Type};

use crate::args::crate_path::CratePath;
use crate::common::errors::Errors;
use crate::common::hygiene::local;
use crate::common::quoting::error_into_status;
use crate::common::result_type::ResultType;
use crate::common::runtime_path::RuntimePath;
use crate::common::types::{is_named, path_ends_in};
use crate::syntax::async_trait::future_output;
use crate::syntax::function::FnSyntax;

/// Makes the method that returns a status for an error.
pub(crate) fn expand(args: TokenStream, mut method: FnSyntax) -> TokenStream {
    let mut errors = Errors::default();
    let CratePath(runtime) = errors.ok(syn::parse2(args)).unwrap_or_default();
    let private = runtime.unwrap_or_default();
    let output = future_output(&method.sig.output);
    let result =
        output.as_ref().filter(|output| !is_named(output, "Response")).and_then(ResultType::from_type);
    let Some(ResultType { ok, error, .. }) = result else {
        return without_result(&private, method, output.as_ref(), errors);
    };
    let into_status = error_into_status(&private, error, method.sig.output.span());
    let handler = local("handler");
    let future = unboxed(&method.body.tokens);
    let errors = errors.into_compile_errors();
    method.body.tokens = quote! {
        #errors
        let #handler = #future;
        #private::Box::pin(async move { #handler.await.map_err(#into_status) })
    };
    method.sig.output = boxed_result(&private, &ok.to_token_stream());
    method.into_token_stream()
}

/// Makes a method that was written without a `Result`. It has the return type that was most likely wanted, so that there is
/// no second error.
fn without_result(
    private: &RuntimePath,
    mut method: FnSyntax,
    output: Option<&Type>,
    mut errors: Errors,
) -> TokenStream {
    let name = &method.sig.ident;
    errors.error(
        name,
        format!("method `{name}` must return a `Result`, such as `Result<Response<MyResponse>, MyError>`"),
    );
    let errors = errors.into_compile_errors();
    method.body.tokens = quote!(#errors ::core::unreachable!());
    let response = output.map_or_else(|| quote!(()), ToTokens::to_token_stream);
    let is_wrapped = output.is_some_and(|output| is_named(output, "Response"));
    let response = if is_wrapped { response } else { quote!(#private::Response<#response>) };
    method.sig.output = boxed_result(private, &response);
    method.into_token_stream()
}

/// Makes the return type that async-trait makes of `Result<response, Status>`.
fn boxed_result(private: &RuntimePath, response: &TokenStream) -> ReturnType {
    let output = quote!(#private::Result<#response, #private::Status>);
    syn::parse_quote! {
        -> #private::Pin<#private::Box<dyn #private::Future<Output = #output> + #private::Send + 'async_trait>>
    }
}

/// Returns the future in `Box::pin(...)`, because the expansion boxes it once more.
fn unboxed(body: &TokenStream) -> TokenStream {
    if let Ok(Expr::Call(call)) = syn::parse2(body.clone())
        && matches!(&*call.func, Expr::Path(ExprPath { path, .. }) if path_ends_in(path, "pin"))
        && let Some(future) = call.args.first()
    {
        return future.to_token_stream();
    }
    quote!({ #body })
}

//! A method of a service that has no chain: `#[tonic::async_trait]` above the impl has run first.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Expr, ExprPath, ReturnType};

use crate::args::CrateOnly;
use crate::errors::Errors;
use crate::fragments::into_status;
use crate::item::FnSyntax;
use crate::names::mixed;
use crate::result_type::{ResultType, is_named};
use crate::runtime_path::RuntimePath;
use crate::service::desugared::future_output;

/// The method with a status for an error.
pub(crate) fn expand(args: TokenStream, mut method: FnSyntax) -> TokenStream {
    let mut errors = Errors::default();
    let CrateOnly(runtime) = errors.ok(syn::parse2(args)).unwrap_or_default();
    let private = runtime.unwrap_or_default();
    let output = future_output(&method.sig.output);
    let result = output.as_ref().filter(|output| !is_named(output, "Response")).and_then(ResultType::of);
    let Some(ResultType { ok, error }) = result else {
        let name = &method.sig.ident;
        errors.error(
            name,
            format!("method `{name}` must return a `Result`, such as `Result<Response<Reply>, MyError>`"),
        );
        let errors = errors.into_compile_errors();
        method.body.tokens = quote!(#errors ::core::unreachable!());
        // What was probably meant, so that this is the only error.
        let reply = output.as_ref().map_or_else(|| quote!(()), ToTokens::to_token_stream);
        let is_wrapped = output.as_ref().is_some_and(|output| is_named(output, "Response"));
        let reply = if is_wrapped { reply } else { quote!(#private::Response<#reply>) };
        method.sig.output = boxed(&private, &reply);
        return method.into_token_stream();
    };
    let into_status = into_status(&private, error, method.sig.output.span());
    let handler = mixed("handler");
    let future = unboxed(&method.body.tokens);
    let errors = errors.into_compile_errors();
    method.body.tokens = quote! {
        #errors
        let #handler = #future;
        #private::Box::pin(async move { #handler.await.map_err(#into_status) })
    };
    method.sig.output = boxed(&private, &ok.to_token_stream());
    method.into_token_stream()
}

/// What async-trait makes of a method that returns `Result<reply, Status>`.
fn boxed(private: &RuntimePath, reply: &TokenStream) -> ReturnType {
    let output = quote!(#private::Result<#reply, #private::Status>);
    syn::parse_quote! {
        -> #private::Pin<#private::Box<dyn #private::Future<Output = #output> + #private::Send + 'async_trait>>
    }
}

/// The future in `Box::pin(...)`: boxed once is enough.
fn unboxed(body: &TokenStream) -> TokenStream {
    if let Ok(Expr::Call(call)) = syn::parse2(body.clone())
        && matches!(&*call.func, Expr::Path(ExprPath { path, .. }) if path.segments.last().is_some_and(|last| last.ident == "pin"))
        && let Some(future) = call.args.first()
    {
        return future.to_token_stream();
    }
    quote!({ #body })
}

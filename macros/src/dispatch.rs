//! Passes each attribute and its item to the macro that expands them.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, ImplItemFn, Token};

use crate::common::macro_name::MacroName;
use crate::syntax::async_trait::is_desugared;
use crate::syntax::function::FnSyntax;
use crate::syntax::item_impl::ImplSyntax;
use crate::syntax::placeholder::is_placeholder;
use crate::{function, grpc_error, interceptor_impl, service};

enum Item {
    Impl(ImplSyntax),
    Fn(FnSyntax),
    Placeholder,
    Other,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        if input.peek(Token![impl]) || (input.peek(Token![unsafe]) && input.peek2(Token![impl])) {
            ImplSyntax::parse(attrs, input).map(Self::Impl)
        } else if FnSyntax::is_next(input) {
            FnSyntax::parse(attrs, input).map(Self::Fn)
        } else {
            let item: TokenStream = input.parse()?;
            Ok(if attrs.is_empty() && is_placeholder(&item) { Self::Placeholder } else { Self::Other })
        }
    }
}

/// Expands an attribute.
pub(crate) fn expand(name: MacroName, args: TokenStream, item: &TokenStream) -> TokenStream {
    let misplaced = |message: &str| with_error(item, &syn::Error::new(Span::call_site(), message));
    match (name, syn::parse2(item.clone())) {
        (_, Ok(Item::Placeholder)) => item.clone(),
        (MacroName::Interceptor, Ok(Item::Impl(syntax))) if interceptor_impl::is_interceptor(&syntax) => {
            interceptor_impl::expand(args, item, &syntax)
        }
        (MacroName::Interceptor, Ok(Item::Impl(syntax)))
            if interceptor_impl::is_phase_of_hooks(&args, &syntax) =>
        {
            misplaced("hooks have no phase; write this attribute above the impl of `Interceptor`")
        }
        (_, Ok(Item::Impl(syntax))) => service::expand(name, args, syntax),
        (MacroName::GrpcError, Ok(Item::Fn(method))) if is_desugared(&method.sig) => {
            grpc_error::expand_method(args, method)
        }
        (_, Ok(Item::Fn(method))) if method.sig.receiver().is_some() => misplaced_on_method(name, item),
        (MacroName::GrpcError, Ok(Item::Other)) => grpc_error::expand(args, item),
        (MacroName::GrpcError, Ok(Item::Fn(_))) => misplaced(grpc_error::MISPLACED),
        (MacroName::Interceptor, Ok(Item::Fn(function))) => function::expand(name, args, function),
        (MacroName::RequireMetadata, Ok(Item::Fn(function))) if function::is_interceptor(&function) => {
            function::expand(name, args, function)
        }
        (MacroName::Interceptor, Ok(Item::Other)) => misplaced(
            "`#[interceptor]` is not expected here; put it on an `async fn` or on the impl of a tonic service",
        ),
        (MacroName::RequireMetadata, Ok(Item::Fn(_) | Item::Other)) => misplaced(
            "`#[require_metadata]` is not expected here; put it on the impl of a tonic service or on a method of it",
        ),
        (_, Err(error)) => with_error(item, &error),
    }
}

fn with_error(item: &TokenStream, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    quote!(#item #error)
}

/// Reports an attribute that was left over on a method, because no attribute above the impl has consumed it.
fn misplaced_on_method(name: MacroName, item: &TokenStream) -> TokenStream {
    let message = match name {
        MacroName::Interceptor => {
            "`#[interceptor]` on a method needs `#[interceptor]` above the impl of its tonic service; to define an interceptor, write an `async fn` outside of any impl"
        }
        MacroName::RequireMetadata => {
            "`#[require_metadata]` on a method needs `#[interceptor]` above its impl"
        }
        MacroName::GrpcError => {
            "`#[grpc_error]` on a method needs `#[tonic::async_trait]` above its impl; or move `#[grpc_error]` above the impl and remove `#[tonic::async_trait]`"
        }
    };
    let error = syn::Error::new(Span::call_site(), message);
    // The error becomes the body of the method: an impl has no place for a macro that expands to nothing.
    match syn::parse2::<ImplItemFn>(item.clone()) {
        Ok(mut method) => {
            let error = error.to_compile_error();
            method.block = syn::parse_quote!({ #error });
            quote!(#method)
        }
        Err(_) => with_error(item, &error),
    }
}

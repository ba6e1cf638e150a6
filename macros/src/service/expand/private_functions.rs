use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, FnArg, Generics, Pat, Token};

use crate::common::cfgs::cfgs;
use crate::common::hygiene::local;
use crate::service::model::service::Service;
use crate::syntax::function::FnSyntax;

/// Makes the impl of functions that only the expansion calls. Rust allows inherent functions only on a type of the user's
/// crate. For another type, such as `Arc<MyGreeter>`, they are the functions of a private trait.
pub(super) fn private_functions(
    service: &Service,
    trait_name: &str,
    attrs: &TokenStream,
    generics: &Generics,
    functions: &[TokenStream],
) -> TokenStream {
    let self_ty = &service.self_ty;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    if !service.may_be_of_foreign_type() {
        return quote!(#attrs impl #impl_generics #self_ty #where_clause { #(#functions)* });
    }
    let name = local(trait_name);
    let declaration = declaration(service, &name, functions);
    let (_, arguments, _) = service.generics.split_for_impl();
    quote! {
        #attrs
        #declaration
        #attrs
        impl #impl_generics #name #arguments for #self_ty #where_clause { #(#functions)* }
    }
}

/// Declares the trait. It has the generics of the impl, because the functions may mention them.
fn declaration(service: &Service, name: &Ident, functions: &[TokenStream]) -> TokenStream {
    let (parameters, _, where_clause) = service.generics.split_for_impl();
    let functions = functions.iter().map(|function| match function_declaration.parse2(function.clone()) {
        Ok(declaration) => declaration,
        Err(error) => error.to_compile_error(),
    });
    quote!(trait #name #parameters #where_clause { #(#functions)* })
}

/// Reads a function, and returns its signature. A function without a body can't have patterns.
fn function_declaration(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let attrs = input.call(Attribute::parse_outer)?;
    let mut function = FnSyntax::parse(cfgs(&attrs).cloned().collect(), input)?;
    for param in &mut function.sig.inputs {
        if let FnArg::Typed(param) = param {
            *param.pat =
                Pat::Wild(syn::PatWild { attrs: Vec::new(), underscore_token: <Token![_]>::default() });
        }
    }
    let FnSyntax { attrs, sig, .. } = function;
    let sig = sig.to_token_stream();
    Ok(quote!(#(#attrs)* #sig;))
}

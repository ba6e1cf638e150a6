//! The impls around the functions, and their generics.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::token::Where;
use syn::{Generics, WhereClause, parse_quote_spanned};

use super::private_functions::private_functions;
use crate::args::entry::Entry;
use crate::common::tokens::has_braces;
use crate::service::model::service::Service;

/// Makes the impl of the functions that run the handlers. The entries are the only user code in it.
pub(super) fn chains_impl(service: &Service, functions: impl Iterator<Item = TokenStream>) -> TokenStream {
    let mut entries = service.methods.iter().flat_map(|method| &method.entries).chain(&service.entries);
    let has_block = |entry: &Entry| match entry {
        Entry::Interceptor { expr, .. } => has_braces(expr.to_token_stream()),
        Entry::Require { .. } => false,
    };
    let is_generic = !service.generics.params.is_empty();
    let generics = if is_generic || !entries.any(has_block) {
        assumed_generics(service)
    } else {
        service.generics.clone()
    };
    private_functions(service, "Chains", &TokenStream::new(), &generics, &functions.collect::<Vec<_>>())
}

/// Makes the impl of tonic's trait around the methods.
pub(crate) fn trait_impl(service: &Service, methods: impl Iterator<Item = TokenStream>) -> TokenStream {
    let Service { attrs, unsafety, impl_token, trait_path, self_ty, others, .. } = service;
    let generics = assumed_generics(service);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let mut tokens = quote! {
        #(#attrs)*
        #unsafety #impl_token #impl_generics #trait_path for #self_ty #where_clause
    };
    // rustc's errors about the impl point at the user's own tokens, from `impl` to the brace.
    service.brace_token.surround(&mut tokens, |body| body.extend(quote!(#(#others)* #(#methods)*)));
    tokens
}

/// Makes the function that checks the bounds of a generic service. All other code assumes these bounds, so that rustc
/// reports one error.
pub(super) fn type_check(service: &Service) -> Option<TokenStream> {
    let Service { generics, self_ty, .. } = service;
    if generics.params.is_empty() {
        return None;
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let at = Span::call_site().located_at(self_ty.span());
    let private = service.runtime.at(at);
    let check = quote_spanned!(at=> <#self_ty as #private::ServiceType>::check(););
    // rustc would suggest a `where` clause behind these parentheses, and it belongs after the type.
    let end = self_ty.to_token_stream().into_iter().last().map_or(at, |token| at.located_at(token.span()));
    let parameters = quote_spanned!(end=> ());
    Some(quote! {
        const _: () = {
            #[allow(dead_code)]
            fn check #impl_generics #parameters #where_clause {
                #check
            }
        };
    })
}

/// Returns the generics of the impl with the assumption that the service is `Sync`. The trait demands it, and rustc reports
/// it there. Without the assumption, rustc would report it again for the future of each method. An impl with user code does
/// not have the assumption: for a variable in a block, rustc would use it as a hint for the type of the variable.
///
/// A type with `'static` in it does not have the assumption either. rustc forgets which lifetime that is, and would not find
/// that the assumption holds.
///
/// For a generic service, the assumption covers all that the trait demands, and `type_check` checks it.
pub(super) fn assumed_generics(service: &Service) -> Generics {
    if service.has_static_lifetime() {
        return service.generics.clone();
    }
    // rustc points at the head of the impl.
    let at = service.self_ty.span();
    // The bound is generic over a lifetime. A bound without any parameter would be an error of its own if it does not hold.
    let bound = parse_quote_spanned!(at=> for<'service> &'service Self: ::core::marker::Send);
    let mut generics = service.generics.clone();
    let empty = WhereClause { where_token: Where { span: at }, predicates: Punctuated::new() };
    let is_generic = !generics.params.is_empty();
    let predicates = &mut generics.where_clause.get_or_insert(empty).predicates;
    if is_generic {
        predicates
            .push(parse_quote_spanned!(at=> Self: ::core::marker::Send + ::core::marker::Sync + 'static));
    } else {
        predicates.push(bound);
    }
    generics
}

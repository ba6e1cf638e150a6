//! The impl as rustc gets it: each method split into the user's code, a private inherent function,
//! and the trait's method, which runs the chain and calls it.

mod chain;
mod method;
mod mount;
mod names;

use std::collections::HashSet;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::token::Where;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Generics, TypeImplTrait, WhereClause, parse_quote_spanned};

use super::model::{Method, Service};
use crate::args::Entry;
use crate::guess;
use crate::item::mention;
use crate::result_type::ResultType;

pub(super) use method::trait_method;
pub(super) use mount::stand_in;

pub(super) fn expand(service: &Service) -> TokenStream {
    let chains = service.methods.iter().filter_map(|method| method::chain(service, method));
    let calls = service.methods.iter().filter_map(|method| method::stream_call(service, method));
    let handlers = handlers(service);
    let chains = functions(service, chains.chain(calls));
    let methods = service.methods.iter().map(|method| {
        let rpc =
            method.rpc.as_ref().expect("a method without types is an error, and errors end in the fallback");
        trait_method(service, method, rpc, &method::body(service, method, rpc))
    });
    let trait_impl = trait_impl(service, methods);
    let mount = mount::expand(service);
    let uses = uses(service);
    let check = checked_type(service);
    let impls = service.origin.in_scope(&quote!(#handlers #chains #trait_impl #mount #check));
    quote!(#impls #uses)
}

/// What the user wrote, as inherent functions: `?`, `return` and spans mean what they meant.
pub(super) fn handlers(service: &Service) -> TokenStream {
    let Service { generics, self_ty, .. } = service;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let is_lint =
        |attr: &&Attribute| ["allow", "warn", "deny", "forbid"].iter().any(|lint| attr.path().is_ident(lint));
    let lints = service.attrs.iter().filter(is_lint);
    let handlers = service.methods.iter().map(|method| {
        let Method { handler_attrs, sig, body, desugared, .. } = method;
        let cfgs = method.cfgs();
        let mut sig = desugared.as_ref().unwrap_or(sig).clone();
        let mut body = body.clone();
        if desugared.is_none() && ResultType::new(&sig.output).is_none() {
            guess::result(&service.runtime, &mut sig, &mut body);
        }
        sig.ident = names::handler_name(service, method);
        Captures.visit_return_type_mut(&mut sig.output);
        quote!(#(#cfgs)* #(#handler_attrs)* #sig #body)
    });
    quote! {
        // What a handler needs is its signature, however long that is, and async it must be.
        #[allow(clippy::too_many_arguments, clippy::unused_async)]
        #(#lints)*
        impl #impl_generics #self_ty #where_clause {
            #(#handlers)*
        }
    }
}

/// The inherent functions that run the handlers. Of the user's code, they have the entries alone.
fn functions(service: &Service, functions: impl Iterator<Item = TokenStream>) -> TokenStream {
    let self_ty = &service.self_ty;
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
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        impl #impl_generics #self_ty #where_clause {
            #(#functions)*
        }
    }
}

fn has_braces(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace || has_braces(group.stream()),
        TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Asks of a generic service what everything else takes for granted, so that it is one error.
fn checked_type(service: &Service) -> Option<TokenStream> {
    let Service { generics, self_ty, .. } = service;
    if generics.params.is_empty() {
        return None;
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let at = Span::call_site().located_at(self_ty.span());
    let private = service.runtime.at(at);
    let check = quote_spanned!(at=> <#self_ty as #private::ServiceType>::check(););
    // rustc would suggest a `where` behind this: it belongs after the type.
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

/// Lets a reply's stream borrow from all parameters, as from edition 2024 on, which is that of tokens of ours.
struct Captures;

impl VisitMut for Captures {
    fn visit_type_impl_trait_mut(&mut self, stream: &mut TypeImplTrait) {
        let span = &mut stream.impl_token.span;
        *span = Span::call_site().located_at(*span);
    }
}

/// The impl of tonic's trait around `methods`.
pub(super) fn trait_impl(service: &Service, methods: impl Iterator<Item = TokenStream>) -> TokenStream {
    let Service { attrs, unsafety, impl_token, trait_path, self_ty, others, .. } = service;
    let generics = assumed_generics(service);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let mut tokens = quote! {
        #(#attrs)*
        #unsafety #impl_token #impl_generics #trait_path for #self_ty #where_clause
    };
    // The user's own tokens from `impl` to the brace: what rustc says of the impl points at them.
    service.brace_token.surround(&mut tokens, |body| body.extend(quote!(#(#others)* #(#methods)*)));
    tokens
}

/// The generics of the impl, where the service is taken to be `Sync`. The trait demands that, and rustc says so:
/// without the bound, it would say it again of each method's future. Impls with code of the user's do not have the bound:
/// where a block has variables of its own, rustc would meet the bound as it looks for the type of one that must be `Send`.
///
/// A generic service is taken to be all that the trait demands; `checked_type` is where that is asked of it.
fn assumed_generics(service: &Service) -> Generics {
    // In the impl's head, to which rustc points.
    let at = service.self_ty.span();
    // For all lifetimes: that a type is `Sync` which is not would be an error of its own.
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

/// An attribute that another one has taken would look like an unused import, and one that was not
/// imported would not be missed.
pub(super) fn uses(service: &Service) -> TokenStream {
    let taken = service.taken.iter().chain(service.methods.iter().flat_map(|method| &method.taken));
    let mut seen = HashSet::new();
    let uses = taken.filter(|path| seen.insert(path.to_token_stream().to_string()));
    let mention = mention();
    quote!(#(#[#uses] #mention)*)
}

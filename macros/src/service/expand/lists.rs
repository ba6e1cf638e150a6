//! The named lists of an impl, which a server knows before the first call.
//!
//! The entries of the impl stand in the chain of each method. So the chain of one method tells their types.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Expr;

use super::names::chain_name;
use crate::args::entry::Entry;
use crate::chain::is_literal;
use crate::common::expressions::peel_expr;
use crate::common::hygiene::local;
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Returns the entries that the chain of this method records, each with its variable.
pub(super) fn recorded<'a>(service: &'a Service, method: &Method) -> Vec<(&'a Entry, Ident)> {
    let is_chosen = recording_method(service).is_some_and(|chosen| std::ptr::eq(chosen, method));
    if is_chosen { entries(service) } else { Vec::new() }
}

/// Makes the variables of the recorded entries, the bound for the chain's future, and the future with their types.
pub(super) fn with_entries(
    service: &Service,
    recorded: &[(&Entry, Ident)],
    future: TokenStream,
) -> (TokenStream, TokenStream, TokenStream) {
    if recorded.is_empty() {
        return (TokenStream::new(), TokenStream::new(), future);
    }
    let private = &service.runtime;
    let variables = recorded.iter().map(|(_, variable)| variable);
    let types = recorded
        .iter()
        .rev()
        .fold(quote!(()), |inner, (_, variable)| quote!((#private::Clone::clone(&#variable), #inner)));
    let declared = quote!(#(let #variables = #private::EntryType::new();)*);
    (declared, quote!(+ #private::KnownEntries), quote!(#private::with_entries(#types, #future)))
}

/// Makes the function of `Serve` that returns the lists.
pub(super) fn lists(service: &Service) -> Option<TokenStream> {
    let method = recording_method(service).filter(|_| !entries(service).is_empty())?;
    let (private, chain) = (&service.runtime, chain_name(service, method));
    Some(quote! {
        fn lists() -> #private::Vec<#private::TypeId> {
            #private::entries_of(Self::#chain)
        }
    })
}

/// Returns the first method that is always there.
fn recording_method(service: &Service) -> Option<&Method> {
    service.methods.iter().find(|method| method.rpc.is_some() && method.cfgs().next().is_none())
}

/// Returns the entries of the impl that may be lists: calls of a function that stand in the chain of each method.
fn entries(service: &Service) -> Vec<(&Entry, Ident)> {
    let applies_to_all = |entry: &Entry| service.methods.iter().all(|method| service.applies(entry, method));
    let may_be_list = |entry: &&Entry| match entry {
        Entry::Interceptor { expr, .. } => {
            matches!(peel_expr(expr), Expr::Call(_)) && !is_literal(expr) && applies_to_all(entry)
        }
        Entry::Require { .. } => false,
    };
    let numbered = service.entries.iter().filter(may_be_list).enumerate();
    numbered.map(|(index, entry)| (entry, local(&format!("type{index}")))).collect()
}

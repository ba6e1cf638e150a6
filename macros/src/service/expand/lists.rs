//! The named lists of an impl, which a server knows before the first call.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;

use super::names::chain_name;
use super::recorded::place;
use crate::args::entry::Entry;
use crate::chain::is_literal;
use crate::common::expressions::peel_expr;
use crate::service::model::service::Service;

/// Makes the function of `Serve` that returns the lists. A list that a method skips or replaces is none of them.
pub(super) fn lists(service: &Service) -> Option<TokenStream> {
    let applies_to_all = |entry: &&Entry| service.methods.iter().all(|method| service.applies(entry, method));
    let lists = service.entries.iter().filter(may_be_list).filter(applies_to_all);
    let places: Vec<_> = lists.filter_map(|entry| place(service, None, entry)).collect();
    // An entry that stands in all chains is told by the first method.
    let (method, _) = places.first()?;
    let (private, chain) = (&service.runtime, chain_name(service, method));
    let indices = places.iter().map(|(_, index)| index);
    Some(quote! {
        fn lists() -> #private::Vec<#private::TypeId> {
            #private::entries_of(Self::#chain, &[#(#indices),*])
        }
    })
}

/// Returns true for the call of a function.
fn may_be_list(entry: &&Entry) -> bool {
    match entry {
        Entry::Interceptor { expr, .. } => matches!(peel_expr(expr), Expr::Call(_)) && !is_literal(expr),
        Entry::Require { .. } => false,
    }
}

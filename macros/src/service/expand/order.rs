//! The checks of the order of each list.
//!
//! The list of the impl is checked once. The entries of a method are checked with those of the impl, in the order in which they
//! run.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::names::chain_name;
use super::recorded::{is_generic, place, recorded};
use crate::args::entry::Entry;
use crate::chain::{CheckedList, is_interceptor, types_in_order};
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Makes the checks of a service that is not generic.
pub(super) fn checks(service: &Service) -> TokenStream {
    if is_generic(service) {
        return TokenStream::new();
    }
    let of_impl = list(service, None, service.entries.iter().collect());
    let of_impl = (of_impl.entries.len() > 1).then(|| of_impl.constant(&of_impl.checks()));
    let of_methods = service.methods.iter().filter_map(|method| of_method(service, method));
    quote!(#of_impl #(#of_methods)*)
}

/// Makes the checks of a method that has entries of its own.
fn of_method(service: &Service, method: &Method) -> Option<TokenStream> {
    method.rpc.as_ref()?;
    let list = list(service, Some(method), service.levels(method));
    let is_own = |index: &usize| method.entries.iter().any(|own| std::ptr::eq(own, list.entries[*index].0));
    let (own, of_impl): (Vec<_>, Vec<_>) = (0..list.entries.len()).partition(is_own);
    if own.is_empty() || list.entries.len() < 2 {
        return None;
    }
    let checks: TokenStream =
        own.iter().flat_map(|&index| [list.check(index), list.check_behind(index, &of_impl)]).collect();
    let (cfgs, constant) = (method.cfgs(), list.constant(&checks));
    Some(quote!(#(#cfgs)* #constant))
}

fn list<'a>(service: &'a Service, method: Option<&'a Method>, entries: Vec<&'a Entry>) -> CheckedList<'a> {
    let entries = entries.into_iter().filter(is_interceptor);
    let entries = entries.map(|entry| (entry, phases(service, method, entry))).collect();
    CheckedList { runtime: &service.runtime, entries }
}

/// Makes the constant of an entry's phases.
fn phases(service: &Service, method: Option<&Method>, entry: &Entry) -> TokenStream {
    let (private, self_ty) = (&service.runtime, &service.self_ty);
    match place(service, method, entry) {
        Some((method, index)) => {
            let chain = chain_name(service, method);
            quote!(#private::phases_of(<#self_ty>::#chain, #index))
        }
        // No method that is always there has the entry.
        None => quote!(#private::Option::None),
    }
}

/// Makes the statements that compare the types of the entries of a generic service, inside of the function of a chain. Two
/// entries of the impl are compared by the first method that has both.
pub(super) fn checks_in_chain(
    service: &Service,
    method: &Method,
    recorded: &[(&Entry, Ident)],
) -> TokenStream {
    if !is_generic(service) {
        return TokenStream::new();
    }
    types_in_order(&service.runtime, recorded, |first, second| {
        let is_own = |entry: &Entry| method.entries.iter().any(|own| std::ptr::eq(own, entry));
        let has_both = |method: &&Method| service.applies(first, method) && service.applies(second, method);
        let is_first = || service.methods.iter().find(has_both).is_some_and(|it| std::ptr::eq(it, method));
        is_own(first) || is_own(second) || is_first()
    })
}

/// Makes the check of the named lists in a chain of a generic service. Their phases are constants, which the compiler knows when
/// a program uses the service with all its parameters.
pub(super) fn check_at_build(service: &Service, method: &Method) -> Option<TokenStream> {
    let recorded = recorded(service, method);
    if !is_generic(service) || recorded.len() < 2 {
        return None;
    }
    let (private, chain) = (&service.runtime, chain_name(service, method));
    let entries = recorded.iter().enumerate();
    let entries = entries
        .map(|(index, (entry, _))| (*entry, quote!(#private::stated_phases_of(Self::#chain, #index))))
        .collect();
    let checks = CheckedList { runtime: private, entries }.in_generic_function();
    Some(quote!(const { #checks };))
}

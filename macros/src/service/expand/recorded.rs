//! The entries whose types the chain of a method tells.
//!
//! The types are known only inside of a chain. An entry of the impl stands in the chains of many methods, and one of them tells
//! its type.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::args::entry::Entry;
use crate::common::hygiene::local;
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Returns the entries that the chain of this method tells, each with its variable.
pub(super) fn recorded<'a>(service: &'a Service, method: &'a Method) -> Vec<(&'a Entry, Ident)> {
    let tells = |entry: &&Entry| telling_method(service, entry).is_some_and(|it| std::ptr::eq(it, method));
    let of_impl = service.entries.iter().filter(is_interceptor).filter(tells);
    let all = of_impl.chain(method.entries.iter().filter(is_interceptor)).enumerate();
    all.map(|(index, entry)| (entry, local(&format!("type{index}")))).collect()
}

/// Returns the method whose chain tells the type of an entry, and the index of the entry among those that it tells. `method` is
/// the one whose list is looked at.
pub(super) fn place<'a>(
    service: &'a Service,
    method: Option<&'a Method>,
    entry: &Entry,
) -> Option<(&'a Method, usize)> {
    let own = method.filter(|method| method.entries.iter().any(|own| std::ptr::eq(own, entry)));
    let method = own.or_else(|| telling_method(service, entry))?;
    let index = recorded(service, method).iter().position(|(told, _)| std::ptr::eq(*told, entry))?;
    Some((method, index))
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

/// Returns the first method that is always there and has this entry of the impl.
fn telling_method<'a>(service: &'a Service, entry: &Entry) -> Option<&'a Method> {
    let is_there = |method: &&Method| method.rpc.is_some() && method.cfgs().next().is_none();
    service.methods.iter().filter(is_there).find(|method| service.applies(entry, method))
}

pub(super) fn is_interceptor(entry: &&Entry) -> bool {
    matches!(entry, Entry::Interceptor { .. })
}

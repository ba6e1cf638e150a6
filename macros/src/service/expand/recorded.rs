//! The entries whose types the chain of a method tells.
//!
//! The types are known only inside of a chain. An entry of the impl stands in the chains of many methods, and one of them tells
//! its type.

use proc_macro2::Ident;

use crate::args::entry::Entry;
use crate::chain::{is_interceptor, numbered};
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Returns the entries that the chain of this method tells, each with its variable.
pub(super) fn recorded<'a>(service: &'a Service, method: &'a Method) -> Vec<(&'a Entry, Ident)> {
    if is_generic(service) {
        // The types of all entries are compared inside of each chain.
        return numbered(service.levels(method).into_iter());
    }
    let tells = |entry: &&Entry| telling_method(service, entry).is_some_and(|it| std::ptr::eq(it, method));
    let of_impl = service.entries.iter().filter(is_interceptor).filter(tells);
    numbered(of_impl.chain(&method.entries))
}

/// Returns true if the impl has parameters. Then no constant can name the types of the entries.
pub(super) fn is_generic(service: &Service) -> bool {
    !service.generics.params.is_empty()
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

/// Returns the first method that is always there and has this entry of the impl.
fn telling_method<'a>(service: &'a Service, entry: &Entry) -> Option<&'a Method> {
    let is_there = |method: &&Method| method.rpc.is_some() && method.cfgs().next().is_none();
    service.methods.iter().filter(is_there).find(|method| service.applies(entry, method))
}

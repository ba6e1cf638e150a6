//! The names of entries that nobody uses. `#[allow(unused_variables)]` on the impl silences the warning, or on the method whose
//! entry it is.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::args::entry::Entry;
use crate::chain::unused::{is_used_in, may_be_unused, warnings};
use crate::common::lints::lints;
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Makes the warnings of a service.
pub(super) fn unused_names(service: &Service) -> TokenStream {
    if service.methods.is_empty() {
        return TokenStream::new();
    }
    let is_unused = |name: &&Ident| service.methods.iter().all(|method| !uses(service, method, name));
    let of_impl: Vec<_> = service
        .entries
        .iter()
        .filter_map(Entry::name)
        .filter(|name| !may_be_unused(name))
        .filter(is_unused)
        .collect();
    let of_impl = warnings(&of_impl, lints(&service.attrs));
    let of_methods = service.methods.iter().filter_map(|method| {
        let lints = lints(&service.attrs).chain(lints(&method.handler_attrs));
        warnings(&names_of(service, method), method.cfgs().cloned().chain(lints))
    });
    quote!(#of_impl #(#of_methods)*)
}

/// Returns the names of a method's own entries that nobody uses.
pub(super) fn names_of<'a>(service: &'a Service, method: &'a Method) -> Vec<&'a Ident> {
    let own = method.entries.iter().chain(&method.guards).filter_map(Entry::name);
    own.filter(|name| !may_be_unused(name) && !uses(service, method, name)).collect()
}

/// Returns true if a method or its chain uses the name, also to leave the entry out.
fn uses(service: &Service, method: &Method, name: &Ident) -> bool {
    let chain: Vec<_> = service.chain(method).collect();
    service.demands(name)
        || method.skips.contains(name)
        || method.params.iter().any(|param| param.takes(name))
        || is_used_in(&chain, name)
}

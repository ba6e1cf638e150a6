//! The warning about a value that nobody uses.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use crate::args::entry::Entry;
use crate::chain::mentions;
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Makes a variable of each unused name, about which rustc warns. `#[allow(unused_variables)]` on the impl silences it, and so
/// does an underscore before the name.
pub(super) fn unused_names(service: &Service) -> TokenStream {
    let of_impl = service.entries.iter().filter_map(Entry::name);
    let of_impl = of_impl.filter(|name| service.methods.iter().all(|method| !uses(service, method, name)));
    let of_methods = service.methods.iter().flat_map(|method| {
        let own = method.entries.iter().chain(&method.guards).filter_map(Entry::name);
        own.filter(move |name| !uses(service, method, name))
    });
    let is_warned_of = |name: &&Ident| !name.to_string().starts_with('_');
    let names: Vec<&Ident> = of_impl.chain(of_methods).filter(is_warned_of).collect();
    if names.is_empty() || service.methods.is_empty() {
        return TokenStream::new();
    }
    let lints = service.lints();
    quote! {
        #(#lints)*
        const _: fn() = || {
            #(let #names = ();)*
        };
    }
}

/// Returns true if a method or its chain uses the name, also to leave the entry out.
fn uses(service: &Service, method: &Method, name: &Ident) -> bool {
    service.demands(name)
        || method.skips.contains(name)
        || method.params.iter().any(|param| param.takes(name))
        || service.chain(method).any(|entry| may_use(entry, name))
}

/// Returns true if an entry may use the name. A macro may expand to it.
fn may_use(entry: &Entry, name: &Ident) -> bool {
    match entry {
        Entry::Interceptor { expr, .. } => mentions(expr.to_token_stream(), &name.to_string()),
        Entry::Require { .. } => false,
    }
}

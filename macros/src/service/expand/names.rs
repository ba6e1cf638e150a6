//! Names of the functions that the expansion makes.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::names::ident;
use crate::service::model::{Method, Service};

/// Private, and unlike any name a user would choose: two services may share a method's name. rustc says it where the
/// code of the method is not `Send`.
pub(super) fn handler_name(service: &Service, method: &Method) -> Ident {
    private_name("", service, method)
}

/// The function that begins a call whose reply streams.
pub(super) fn call_name(service: &Service, method: &Method) -> Ident {
    private_name("0call_", service, method)
}

/// The function that runs the chain.
pub(super) fn chain_name(service: &Service, method: &Method) -> Ident {
    private_name("0chain_", service, method)
}

/// What a function is comes first, with a digit, where no part of a path has one: behind the name, the chain of `add`
/// would be called as the handler of `add_chain`.
fn private_name(what: &str, service: &Service, method: &Method) -> Ident {
    let path = service.trait_path.iter().flat_map(|path| &path.segments).map(|segment| &segment.ident);
    let names: Vec<_> = path.chain([&method.sig.ident]).map(|name| name.unraw().to_string()).collect();
    let name = format!("{what}{}", names.join("_")).to_lowercase();
    // A lint of rustc's, which would name it, finds two underscores too many: those of `_2fa` and what is before it.
    ident(&format!("__{}", name.trim_start_matches('_').replace("__", "_0_")), method.sig.ident.span())
}

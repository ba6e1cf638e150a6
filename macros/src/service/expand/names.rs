//! Names of the functions that the expansion makes.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::names::ident;
use crate::service::model::{Method, Service};

/// Unlike any name a user would choose, since two services may share a method's name. rustc says it where the code of
/// the method is not `Send`.
pub(super) fn handler_name(service: &Service, method: &Method) -> Ident {
    let name = format!("{}_of_{}", method.sig.ident.unraw(), path(service).join("_")).to_lowercase();
    ident(&without_double_underscores(&name), method.sig.ident.span())
}

/// The function that begins a call whose reply streams.
pub(super) fn call_name(service: &Service, method: &Method) -> Ident {
    private_name("0call_", service, method)
}

/// The function that runs the chain.
pub(super) fn chain_name(service: &Service, method: &Method) -> Ident {
    private_name("0chain_", service, method)
}

/// `what` comes first and begins with a digit, as no part of a path does. At the end of the name, `chain` would make of
/// the chain of `add` the handler of `add_chain`.
fn private_name(what: &str, service: &Service, method: &Method) -> Ident {
    let name = format!("{what}{}_{}", path(service).join("_"), method.sig.ident.unraw()).to_lowercase();
    ident(&format!("__{}", without_double_underscores(&name)), method.sig.ident.span())
}

fn path(service: &Service) -> Vec<String> {
    let segments = service.trait_path.iter().flat_map(|path| &path.segments);
    segments.map(|segment| segment.ident.unraw().to_string()).collect()
}

/// A lint of rustc's, which would name the function, finds two underscores too many, as of `_2fa` behind another one.
fn without_double_underscores(name: &str) -> String {
    name.replace("__", "_0_")
}

//! Names of the functions that the expansion makes.

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;

use crate::service::model::{Method, Service};

/// Private, and unlike any name a user would choose: two services may share a method's name.
pub(super) fn handler_name(service: &Service, method: &Method) -> Ident {
    let path = service.trait_path.iter().flat_map(|path| &path.segments);
    let path: Vec<_> = path.map(|segment| segment.ident.unraw().to_string().to_lowercase()).collect();
    let name = method.sig.ident.unraw();
    format_ident!("__{}_{name}", path.join("_"), span = method.sig.ident.span())
}

/// The function that begins a call whose reply streams.
pub(super) fn call_name(service: &Service, method: &Method) -> Ident {
    format_ident!("{}_call", handler_name(service, method))
}

/// The function that runs the chain.
pub(super) fn chain_name(service: &Service, method: &Method) -> Ident {
    format_ident!("{}_chain", handler_name(service, method))
}

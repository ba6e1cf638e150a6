//! The names of the functions that the expansion makes.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::common::hygiene::sanitized_ident;
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Returns a name for the user's code. It is unlike any that a user would choose, because two services may have a method of
/// the same name. rustc shows it where the code of the method is not `Send`.
pub(super) fn handler_name(service: &Service, method: &Method) -> Ident {
    let name = format!("{}_of_{}", method.sig.ident.unraw(), trait_path(service).join("_")).to_lowercase();
    sanitized_ident(&without_double_underscores(&name), method.sig.ident.span())
}

/// Returns the name of the function that begins a call whose response streams.
pub(super) fn stream_call_name(service: &Service, method: &Method) -> Ident {
    private_name("0call_", service, method)
}

/// Returns the name of the function that runs the chain.
pub(super) fn chain_name(service: &Service, method: &Method) -> Ident {
    private_name("0chain_", service, method)
}

/// Returns the name of the constant that describes the rpc.
pub(super) fn info_name(service: &Service, method: &Method) -> Ident {
    let name = private_name("0info_", service, method);
    Ident::new(&name.to_string().to_uppercase(), name.span())
}

/// Makes a name with a prefix that begins with a digit, as no part of a path does. With a suffix instead, the chain of `add`
/// would have the name of the handler of `add_chain`.
fn private_name(prefix: &str, service: &Service, method: &Method) -> Ident {
    let path = trait_path(service).join("_");
    let name = format!("{prefix}{path}_{}", method.sig.ident.unraw()).to_lowercase();
    sanitized_ident(&format!("__{}", without_double_underscores(&name)), method.sig.ident.span())
}

fn trait_path(service: &Service) -> Vec<String> {
    let segments = service.trait_path.iter().flat_map(|path| &path.segments);
    segments.map(|segment| segment.ident.unraw().to_string()).collect()
}

/// Replaces double underscores, which a lint of rustc's refuses in names. `_2fa` behind another underscore would make some.
fn without_double_underscores(name: &str) -> String {
    name.replace("__", "_0_")
}

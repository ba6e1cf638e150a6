//! Refuses items of an annotated impl that are handed on as they are and could become an rpc: no chain would stand in
//! front of it.

use syn::punctuated::Punctuated;
use syn::{Attribute, ImplItem, Meta, Path, Token};

use super::attributes::is_async_trait;
use super::model::Service;
use crate::errors::Errors;
use crate::result_type::shown;

/// Attributes of rustc's that add nothing to what they stand on.
const INERT: [&str; 11] = [
    "allow",
    "automatically_derived",
    "cfg",
    "coverage",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "forbid",
    "must_use",
    "warn",
];

/// Tools whose attributes rustc does not expand.
const TOOLS: [&str; 5] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];

/// Only methods that are written out stand behind the chain. A macro on one of them gets the user's code, which is
/// an inherent function: what it adds is no method of the trait.
pub(super) fn check(service: &Service, errors: &mut Errors) {
    let ours = service.attribute.name();
    attributes(&service.attrs, ours, errors);
    for item in &service.others {
        match item {
            ImplItem::Const(item) => attributes(&item.attrs, ours, errors),
            ImplItem::Type(item) => attributes(&item.attrs, ours, errors),
            ImplItem::Macro(item) => {
                let path = &item.mac.path;
                let message = format!(
                    "`{}!` could write an rpc that no entry guards; write the method here, or let the macro write the whole impl with `#[{ours}]` above it",
                    shown(path)
                );
                errors.error(path, message);
            }
            item => {
                let message = "this could be an rpc that no entry guards; write `async fn` and a body";
                errors.error(item, message);
            }
        }
    }
}

/// Returns true for a function in a form that no rpc has, and for an item that syn does not know.
pub(super) fn is_odd(item: &ImplItem) -> bool {
    !matches!(item, ImplItem::Const(_) | ImplItem::Type(_) | ImplItem::Macro(_))
}

/// Attribute macros may make several items of the one that they stand on. Above ours they have done so already.
fn attributes(attrs: &[Attribute], ours: &str, errors: &mut Errors) {
    for path in attrs.iter().flat_map(|attr| macros(&attr.meta)) {
        let message =
            format!("`#[{}]` could add an rpc that no entry guards; move it above `#[{ours}]`", shown(&path));
        errors.error(path, message);
    }
}

/// The attribute macros of an attribute: itself, or those which `cfg_attr` makes of it.
fn macros(meta: &Meta) -> Vec<Path> {
    let path = meta.path();
    if path.is_ident("cfg_attr")
        && let Meta::List(list) = meta
        && let Ok(metas) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
    {
        return metas.iter().skip(1).flat_map(macros).collect();
    }
    let first = path.segments.first().map(|first| first.ident.to_string()).unwrap_or_default();
    let names = if path.segments.len() > 1 { &TOOLS[..] } else { &INERT[..] };
    let is_inert = path.leading_colon.is_none() && names.contains(&first.as_str());
    if is_inert || is_async_trait(path) { Vec::new() } else { vec![path.clone()] }
}

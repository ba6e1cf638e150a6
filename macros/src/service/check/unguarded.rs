//! Refuses items of an impl that could become an rpc. The expansion leaves all items but methods as they are, and so no
//! chain would guard such an rpc.

use syn::punctuated::Punctuated;
use syn::{Attribute, ImplItem, Meta, Path, Token};

use crate::common::errors::Errors;
use crate::common::types::to_source;
use crate::service::model::service::Service;
use crate::syntax::async_trait::is_async_trait;

/// The attributes of rustc's that add no items.
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

/// The tools whose attributes rustc does not expand.
const TOOLS: [&str; 5] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];

/// Reports each item and attribute that could add an rpc. An attribute macro on a method is harmless: it gets the user's
/// code, which is an inherent function, and nothing that it adds can be a method of the trait.
pub(super) fn check(service: &Service, errors: &mut Errors) {
    let ours = service.macro_name.as_str();
    attributes_add_no_rpc(&service.attrs, ours, errors);
    for item in &service.others {
        match item {
            ImplItem::Const(item) => attributes_add_no_rpc(&item.attrs, ours, errors),
            ImplItem::Type(item) => attributes_add_no_rpc(&item.attrs, ours, errors),
            ImplItem::Macro(item) => {
                let path = &item.mac.path;
                let message = format!(
                    "`{}!` could add an rpc that no entry guards; write the method here, or let the macro write the whole impl with `#[{ours}]` above it",
                    to_source(path)
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

/// Reports attribute macros, which may turn one item into several. Those above our attribute have done so already.
fn attributes_add_no_rpc(attrs: &[Attribute], ours: &str, errors: &mut Errors) {
    for path in attrs.iter().flat_map(|attr| attribute_macros(&attr.meta)) {
        let name = to_source(&path);
        let message = format!("`#[{name}]` could add an rpc that no entry guards; move it above `#[{ours}]`");
        errors.error(path, message);
    }
}

/// Returns the attribute itself if it is a macro, or the macros in a `cfg_attr`.
fn attribute_macros(meta: &Meta) -> Vec<Path> {
    let path = meta.path();
    if path.is_ident("cfg_attr")
        && let Meta::List(list) = meta
        && let Ok(metas) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
    {
        return metas.iter().skip(1).flat_map(attribute_macros).collect();
    }
    let first = path.segments.first().map(|first| first.ident.to_string()).unwrap_or_default();
    let names = if path.segments.len() > 1 { &TOOLS[..] } else { &INERT[..] };
    let is_inert = path.leading_colon.is_none() && names.contains(&first.as_str());
    if is_inert || is_async_trait(path) { Vec::new() } else { vec![path.clone()] }
}

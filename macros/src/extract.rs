//! Tells extractors from other parameters. A macro sees the names of types, and none of their traits.

use syn::{Attribute, FnArg, Meta, PatType, Signature, Type};

use crate::errors::Errors;
use crate::key::Key;
use crate::result_type::{is_named, unwrapped};

/// Takes `#[metadata]` and `#[extract]` off all parameters. Returns the key of each, and true for one with `#[extract]`.
pub(crate) fn take_all(sig: &mut Signature, errors: &mut Errors) -> Vec<(Option<Key>, bool)> {
    let sources = sig.inputs.iter_mut().map(|input| {
        let key = Key::take_from(input, errors);
        let is_extractor = take_from(input, key.is_some(), errors);
        (key, is_extractor)
    });
    sources.collect()
}

/// Takes `#[extract]` off a parameter, and returns true if it was there.
fn take_from(input: &mut FnArg, has_key: bool, errors: &mut Errors) -> bool {
    let FnArg::Typed(PatType { attrs, .. }) = input else { return false };
    let is_extract = |attr: &mut Attribute| attr.path().is_ident("extract");
    let mut taken = attrs.extract_if(.., is_extract);
    let Some(attr) = taken.next() else { return false };
    if has_key {
        errors.error(&attr, "a parameter is an extractor or metadata; keep one attribute");
    } else if !matches!(attr.meta, Meta::Path(_)) {
        errors.error(&attr, "what is extracted is the type's to say; write `#[extract]`");
    }
    true
}

/// Returns true if a type has the name of an extractor of ours. An interceptor's function may take one without the
/// attribute: nobody would give such a value in the list. A type of the user's that has such a name is told by its path,
/// as in `net::RemoteAddr`.
pub(crate) fn is_ready_made(ty: &Type) -> bool {
    let ready_made = ["CallDeadline", "Extension", "MetadataMap", "MethodInfo", "RemoteAddr"];
    let is_one = |ty: &Type| ready_made.iter().any(|name| is_named(ty, name)) && is_of_ours(ty);
    is_one(unwrapped(ty, "Option").unwrap_or(ty))
}

/// Returns true if a path may lead to a type of vestibule or of tonic.
fn is_of_ours(ty: &Type) -> bool {
    let Type::Path(ty) = ty else { return false };
    match ty.path.segments.iter().rev().nth(1) {
        None => true,
        Some(module) => {
            ["extract", "metadata", "tonic", "vestibule"].iter().any(|name| module.ident == *name)
        }
    }
}

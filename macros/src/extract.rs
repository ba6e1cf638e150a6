//! Which parameters are extractors: a macro sees names of types, and none of their traits.

use syn::{Attribute, FnArg, Meta, PatType, Type};

use crate::errors::Errors;
use crate::result_type::{is_named, unwrapped};

/// Takes `#[extract]` off a parameter.
pub(crate) fn take_from(input: &mut FnArg, has_key: bool, errors: &mut Errors) -> bool {
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

/// Whether it is an extractor of ours, by its name. A function of the user's may take one without an attribute:
/// where it is listed, nobody has such a value to give.
pub(crate) fn is_ready_made(ty: &Type) -> bool {
    let is_one = |ty| {
        ["CallDeadline", "Extension", "MetadataMap", "MethodInfo", "RemoteAddr"]
            .iter()
            .any(|name| is_named(ty, name))
    };
    is_one(unwrapped(ty, "Option").unwrap_or(ty))
}

//! Recognizes the parameters that handlers and interceptors have in common, by the names of their types.

use syn::{Ident, Type};

use super::types::{inner_type, is_mutable_reference, is_named, peel};

/// The message about a parameter `&mut Call`.
pub(crate) const CALL_IS_SHARED: &str = "the call is taken by shared reference; write `&Call`";

/// Makes the message about `#[extract]` on a parameter with the name of an entry.
pub(crate) fn extract_of_bound_value(name: &Ident) -> String {
    format!("an entry provides `{name}`, so it is not extracted; remove `#[extract]`")
}

/// The extractors of vestibule's, by the names of their types.
const BUILTIN_EXTRACTORS: [&str; 9] = [
    "CallDeadline",
    "Extension",
    "LocalAddr",
    "MetadataMap",
    "MethodInfo",
    "PeerCerts",
    "PeerCred",
    "RemoteAddr",
    "UserAgent",
];

/// Returns true for `&Call` and `&mut Call`.
pub(crate) fn is_call(ty: &Type) -> bool {
    matches!(peel(ty), Type::Reference(reference) if is_named(&reference.elem, "Call"))
}

/// Returns true for `&mut Call`.
pub(crate) fn is_mutable_call(ty: &Type) -> bool {
    is_call(ty) && is_mutable_reference(ty)
}

/// Returns true if the type has the name of an extractor of vestibule's. An interceptor's function may take one without
/// `#[extract]`: nobody would pass such a value in the list. A user's own type of that name is recognized by its path, as
/// in `net::RemoteAddr`.
pub(crate) fn is_builtin_extractor(ty: &Type) -> bool {
    let is_one =
        |ty: &Type| BUILTIN_EXTRACTORS.iter().any(|name| is_named(ty, name)) && may_be_from_vestibule(ty);
    is_one(inner_type(ty, "Option").unwrap_or(ty))
}

/// Returns true if the path may lead to a type of vestibule or of tonic.
fn may_be_from_vestibule(ty: &Type) -> bool {
    let Type::Path(ty) = ty else { return false };
    match ty.path.segments.iter().rev().nth(1) {
        None => true,
        Some(module) => {
            ["extract", "metadata", "tonic", "vestibule"].iter().any(|name| module.ident == *name)
        }
    }
}

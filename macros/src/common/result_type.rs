use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::{ReturnType, Type, TypePath};

use super::tokens::has_ident;
use super::types::{is_named, peel, type_arguments};

/// A return type that is a `Result`, or an alias of one such as `tonic::Result<T>`.
pub(crate) struct ResultType<'a> {
    pub(crate) ok: &'a Type,
    /// None if the type is an alias that does not mention its error.
    pub(crate) error: Option<&'a Type>,
    /// True if the type may be an alias: it may have a `Response` in it that its arguments do not mention.
    pub(crate) may_be_alias: bool,
}

/// Types that users write in place of a `Result`. Any other name may be an alias of one.
const NO_ALIASES: [&str; 8] = ["Arc", "Box", "Option", "Pin", "Request", "Response", "Streaming", "Vec"];

impl<'a> ResultType<'a> {
    /// Returns None if the return type names no type for success.
    pub(crate) fn from_output(output: &'a ReturnType) -> Option<Self> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Self::from_type(ty),
        }
    }

    pub(crate) fn from_type(ty: &'a Type) -> Option<Self> {
        if NO_ALIASES.iter().any(|name| is_named(ty, name)) {
            return None;
        }
        let types = type_arguments(ty)?;
        let first = *types.first()?;
        if is_named(ty, "Result") {
            let error = types.get(1).copied();
            return Some(Self { ok: first, error, may_be_alias: error.is_none() });
        }
        // In an alias, the arguments may stand in any order.
        let ok = types.into_iter().find(|ty| !is_error(ty)).unwrap_or(first);
        Some(Self { ok, error: None, may_be_alias: true })
    }
}

/// Returns true for `Status`, and for a type whose name says that it is an error.
fn is_error(ty: &Type) -> bool {
    let Type::Path(ty) = peel(ty) else { return false };
    let name = ty.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    name == "Status" || name.ends_with("Error")
}

/// Returns the return type if it is an alias without type arguments, such as `EchoResult`. A macro cannot see the message
/// in it. A name that ends in `Result` is an alias. Any other name may be that of a message, which the method returns
/// without a `Result`: then the body makes the message, and has its name.
pub(crate) fn alias_without_arguments<'a>(output: &'a ReturnType, body: &TokenStream) -> Option<&'a Type> {
    let ReturnType::Type(_, ty) = output else { return None };
    let Type::Path(TypePath { path, .. }) = &**ty else { return None };
    let name = path.segments.last()?.ident.unraw().to_string();
    if name == "Result" || type_arguments(ty).is_some_and(|types| !types.is_empty()) {
        return None;
    }
    let is_alias = name.ends_with("Result") || !has_ident(body.clone(), &name);
    is_alias.then_some(&**ty)
}

use syn::{ReturnType, Type, TypePath};

use super::types::{is_named, type_arguments};

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
        let mut types = type_arguments(ty)?.into_iter();
        let (ok, argument) = (types.next()?, types.next());
        // In an alias, a second argument may be anything.
        let is_result = is_named(ty, "Result");
        let error = argument.filter(|_| is_result);
        Some(Self { ok, error, may_be_alias: error.is_none() })
    }
}

/// Returns the return type if its name ends in `Result` and if it has no type arguments, as in `EchoResult`. It is an alias,
/// and a macro cannot see the message in it.
pub(crate) fn alias_without_arguments(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, ty) = output else { return None };
    let Type::Path(TypePath { path, .. }) = &**ty else { return None };
    let name = &path.segments.last()?.ident;
    let is_alias = name.to_string().ends_with("Result") && name != "Result";
    (is_alias && type_arguments(ty).is_none_or(|types| types.is_empty())).then_some(&**ty)
}

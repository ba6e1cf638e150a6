use syn::{ReturnType, Type};

use super::types::{is_named, type_arguments};

/// A return type that is a `Result`, or an alias of one such as `tonic::Result<T>`.
pub(crate) struct ResultType<'a> {
    pub(crate) ok: &'a Type,
    /// None if the type is an alias that does not mention its error.
    pub(crate) error: Option<&'a Type>,
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
        Some(Self { ok: types.next()?, error: types.next() })
    }
}

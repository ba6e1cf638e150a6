use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Path, PathSegment, Result};

use super::runtime_path::RuntimePath;
use super::suggest;

/// The codes that an error may have: those of tonic's `Code` without `Ok`.
pub(crate) const CODES: [&str; 16] = [
    "Cancelled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated",
];

/// A code that the user named and that an error may have.
#[derive(Clone)]
pub(crate) struct Code(Ident);

impl Code {
    /// Reads a code by its name, or by a path such as `Code::NotFound`.
    pub(crate) fn new(mut path: Path) -> Result<Self> {
        let Some(PathSegment { ident: name, .. }) = path.segments.pop() else {
            unreachable!("a path has a segment");
        };
        let given = name.to_string();
        if CODES.contains(&given.as_str()) {
            return Ok(Self(name));
        }
        let message = match suggest::nearest(&given, &CODES) {
            _ if given == "Ok" => {
                "`Ok` is not the code of an error; choose another, such as `Internal`".to_owned()
            }
            Some(code) => format!("unknown code `{given}`; did you mean `{code}`?"),
            None => format!("unknown code `{given}`; write one of `tonic::Code`, such as `InvalidArgument`"),
        };
        Err(syn::Error::new(name.span(), message))
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.0
    }

    /// Returns true if the code reports a fault inside the service. The client then reads a fixed text.
    pub(crate) fn is_redacted(&self) -> bool {
        ["Internal", "Unknown", "DataLoss"].iter().any(|name| self.0 == name)
    }

    pub(crate) fn to_tokens(&self, runtime: &RuntimePath) -> TokenStream {
        let name = &self.0;
        quote!(#runtime::Code::#name)
    }
}

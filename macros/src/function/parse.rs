use proc_macro2::TokenStream;

use crate::args::crate_path::CratePath;
use crate::args::parameter::ParameterAttributes;
use crate::common::errors::Errors;
use crate::common::runtime_path::RuntimePath;
use crate::syntax::function::FnSyntax;

/// A function as it was written, with its attributes read.
pub(super) struct FunctionSyntax {
    pub(super) runtime: RuntimePath,
    /// The function without our attributes on its parameters.
    pub(super) item: FnSyntax,
    /// The attributes of each parameter.
    pub(super) parameters: Vec<ParameterAttributes>,
}

impl FunctionSyntax {
    pub(super) fn parse(args: TokenStream, mut item: FnSyntax, errors: &mut Errors) -> Self {
        let CratePath(runtime) = errors.ok(syn::parse2(args)).unwrap_or_default();
        let parameters = ParameterAttributes::take_all(&mut item.sig, errors);
        Self { runtime: runtime.unwrap_or_default(), item, parameters }
    }
}

//! The conversions of an error type: into a status and, if it has a domain, back from one.

mod codes;
mod details;
mod from_status;
mod pattern;
mod text;
mod to_status;

use proc_macro2::TokenStream;
use quote::quote;

use super::model::error_type::ErrorType;
use crate::common::hygiene::local;
use crate::common::runtime_path::RuntimePath;

pub(super) fn expand(runtime: &RuntimePath, model: &ErrorType) -> TokenStream {
    let private = RuntimePath::short();
    let error = local("error");
    let to_status = quote!({ #private::ConvertError::vestibule_into_status(#error) });
    let from_status = from_status::body(&private, model);
    let steps = to_status::steps(&private, model);
    conversions(runtime, model, &to_status, &from_status, &steps)
}

/// Makes the conversions with the given bodies. `steps` is the code that the bodies use.
pub(super) fn conversions(
    runtime: &RuntimePath,
    model: &ErrorType,
    to_status: &TokenStream,
    from_status: &TokenStream,
    steps: &TokenStream,
) -> TokenStream {
    let private = RuntimePath::short();
    let to_status = to_status::conversion(&private, model, to_status);
    let from_status = from_status::conversion(&private, model, from_status);
    runtime.in_const_block(&quote!(#to_status #from_status #steps))
}

//! The conversions of an error type: into a status and, if it has a domain, back from one.

mod details;
mod from_status;
mod pattern;
mod run_time_code;
mod text;
mod to_status;

use proc_macro2::TokenStream;
use quote::quote;

use super::model::error_type::ErrorType;
use crate::common::runtime_path::RuntimePath;

pub(super) fn expand(runtime: &RuntimePath, model: &ErrorType) -> TokenStream {
    let private = RuntimePath::short();
    let to_status = to_status::body(&private, model);
    let from_status = from_status::body(&private, model);
    conversions(runtime, model, &to_status, &from_status)
}

/// Makes the conversions with the given bodies.
pub(super) fn conversions(
    runtime: &RuntimePath,
    model: &ErrorType,
    to_status: &TokenStream,
    from_status: &TokenStream,
) -> TokenStream {
    let private = RuntimePath::short();
    let to_status = to_status::conversion(&private, model, to_status);
    let from_status = from_status::conversion(&private, model, from_status);
    let code = run_time_code::implementation(&private, model);
    runtime.in_const_block(&quote!(#to_status #from_status #code))
}

use proc_macro2::TokenStream;
use quote::quote;

use super::expand::conversions;
use super::model::error_type::ErrorType;
use crate::common::runtime_path::RuntimePath;

/// Makes the conversions of an error type with mistakes, without bodies: the code that uses them still compiles.
pub(super) fn expand(runtime: &RuntimePath, model: &ErrorType) -> TokenStream {
    let body = quote!({ ::core::unreachable!() });
    conversions(runtime, model, &body, &body, &TokenStream::new())
}

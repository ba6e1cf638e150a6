//! Implementation detail of [`vestibule`](https://docs.rs/vestibule), where the macros are
//! documented and re-exported.
//!
//! Each macro is a folder with the same stages. `parse` reads what the user wrote, `model` holds what it means, `check`
//! reports mistakes, and `expand` makes tokens of the model. `expand` cannot fail. If there are mistakes, `fallback` makes
//! the tokens instead.
//!
//! A stage imports only the stages before it. The macros import `syntax` and `args`, and these import `common`.
#![allow(clippy::large_enum_variant, reason = "there are few syntax trees, and they do not live long")]

mod args;
mod chain;
mod common;
mod dispatch;
mod function;
mod grpc_error;
mod interceptor_impl;
mod service;
mod syntax;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

use common::macro_name::MacroName;

#[allow(missing_docs, reason = "documented where it is re-exported")]
#[proc_macro_attribute]
pub fn interceptor(args: TokenStream, item: TokenStream) -> TokenStream {
    dispatch::expand(MacroName::Interceptor, args.into(), &item.into()).into()
}

#[allow(missing_docs, reason = "documented where it is re-exported")]
#[proc_macro_attribute]
pub fn require_metadata(args: TokenStream, item: TokenStream) -> TokenStream {
    dispatch::expand(MacroName::RequireMetadata, args.into(), &item.into()).into()
}

#[allow(missing_docs, reason = "documented where it is re-exported")]
#[proc_macro_attribute]
pub fn grpc_error(args: TokenStream, item: TokenStream) -> TokenStream {
    dispatch::expand(MacroName::GrpcError, args.into(), &item.into()).into()
}

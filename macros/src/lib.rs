//! Implementation detail of [`vestibule`](https://docs.rs/vestibule), where the macros are
//! documented and re-exported.
//!
//! Each macro is a folder with those of these stages that it needs: `parse` (what was written),
//! `model` (what it means), `check` (what it must not mean), `expand` (what it becomes).
#![allow(clippy::large_enum_variant, reason = "syntax trees are few, and not for long")]

mod args;
mod codes;
mod errors;
mod extract;
mod fragments;
mod function;
mod grpc_error;
mod guess;
mod item;
mod key;
mod names;
mod result_type;
mod runtime_path;
mod service;
mod suggest;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

use item::Attribute;

#[allow(missing_docs, reason = "documented where it is re-exported")]
#[proc_macro_attribute]
pub fn interceptor(args: TokenStream, item: TokenStream) -> TokenStream {
    item::expand(Attribute::Interceptor, args.into(), &item.into()).into()
}

#[allow(missing_docs, reason = "documented where it is re-exported")]
#[proc_macro_attribute]
pub fn require_metadata(args: TokenStream, item: TokenStream) -> TokenStream {
    item::expand(Attribute::RequireMetadata, args.into(), &item.into()).into()
}

#[allow(missing_docs, reason = "documented where it is re-exported")]
#[proc_macro_attribute]
pub fn grpc_error(args: TokenStream, item: TokenStream) -> TokenStream {
    item::expand(Attribute::GrpcError, args.into(), &item.into()).into()
}

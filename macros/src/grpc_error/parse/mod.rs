//! An annotated error type as it was written, with its attributes read.

pub(super) mod detail;
pub(super) mod detail_kind;
pub(super) mod error_args;
pub(super) mod error_item;
pub(super) mod field_args;
pub(super) mod keys;
pub(super) mod status_args;
pub(super) mod status_code;
pub(super) mod template;
pub(super) mod text;

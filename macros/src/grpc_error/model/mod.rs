//! The meaning of an annotated error type. A type with mistakes has a model as well.

pub(super) mod error_type;
pub(super) mod field;
pub(super) mod variant;

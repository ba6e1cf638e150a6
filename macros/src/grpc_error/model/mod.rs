//! What an annotated error type means. A type with mistakes has a model as well.

pub(super) mod error_type;
pub(super) mod field;
pub(super) mod variant;

//! The meaning of an annotated function. A function with mistakes has a model as well: it holds what the user most likely
//! wanted.

pub(crate) mod function;
pub(crate) mod lifetimes;
pub(crate) mod param;

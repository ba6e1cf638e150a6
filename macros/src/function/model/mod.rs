//! What an annotated function means. A function with mistakes has a model as well: it holds what was most likely wanted.

pub(crate) mod function;
pub(crate) mod lifetimes;
pub(crate) mod param;

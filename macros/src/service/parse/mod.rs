//! An annotated impl as it was written, with its attributes read.

pub(super) mod attributes;
pub(super) mod method;
pub(super) mod service;

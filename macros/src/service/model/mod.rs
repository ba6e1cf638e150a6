//! The meaning of an annotated impl. An impl with mistakes has a model as well: it holds what the user most likely wanted.

mod chain;
mod guards;
pub(super) mod method;
pub(super) mod param;
pub(super) mod response_stream;
pub(super) mod service;
pub(super) mod signature;
pub(super) mod stream_types;

//! Calls that stream: their order, their flow control and their ends.
//!
//! Most tests run in three setups: see `in_every_setup!` and `support/setup.rs`. Each file says which tests do not, and
//! why.

#[path = "../support/mod.rs"]
mod support;

mod ends_of_streams;
mod flow_control;
mod loud;
mod metadata_and_trailers;
mod named_lists;
mod request_streams;
mod signatures;
mod streaming_calls;

//! The parameters of handlers and of interceptors.
//!
//! Most tests run in three setups: see `in_every_setup!` and `support/setup.rs`. Each file says which tests do not, and
//! why.
//! `metadata_values` makes a `Call` of its own, and so needs no server.

#[path = "../support/mod.rs"]
mod support;

mod annotated_impls;
mod binary_metadata;
mod cfg_on_parameters;
mod extractors;
mod metadata_values;
mod result_aliases;
mod transports;
#[cfg(unix)]
mod unix_sockets;

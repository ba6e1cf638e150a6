//! A chain on a client.
//!
//! The server behind it is tonic's generated one. Where the chain of the server runs makes no difference to a client.

#[path = "../support/mod.rs"]
mod support;

mod authority;
mod calls;
mod deadlines;
mod failures;
mod lists;
mod metadata;
mod methods;
mod server;

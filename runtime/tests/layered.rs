//! Chains, streams and the interceptors that ship, behind a layer: the same tests once more.
#![allow(clippy::duplicate_mod, reason = "each of them has its own support")]

#[path = "batteries.rs"]
mod batteries;
#[path = "interrupted.rs"]
mod interrupted;
#[path = "stream_chain.rs"]
mod stream_chain;
#[path = "stream_ends.rs"]
mod stream_ends;
#[path = "streams.rs"]
mod streams;
#[path = "unary_chain.rs"]
mod unary_chain;

//! Shared by the tests of all floors: servers and clients over real TCP, interceptors that trace, and a log.
#![allow(dead_code, unused_imports, unused_macros, reason = "each program uses a part of it")]

pub(crate) mod http_layers;
pub(crate) mod lists;
pub(crate) mod log;
pub(crate) mod messages;
pub(crate) mod plan;
pub(crate) mod raw;
pub(crate) mod serve;
pub(crate) mod setup;
pub(crate) mod traceable;
pub(crate) mod traced;
pub(crate) mod traced_ends;
pub(crate) mod tracer;
pub(crate) mod untimed;
pub(crate) mod upload;

pub(crate) use messages::{all_responses, answer, connect, connect_greeter, hello, ping, pong};
pub(crate) use serve::{PATHS, serve, serve_by, surely};
pub(crate) use setup::{Setup, in_every_setup, probe_in, serve_in};

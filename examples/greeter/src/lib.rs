//! A gRPC greeter in the four shapes of an rpc, with one chain before them all. Start with [`server`].

pub mod access_log;
pub mod auth;
pub mod chat;
pub mod client;
pub mod closing;
pub mod demo;
pub mod quota;
pub mod response_metadata;
pub mod serve;
pub mod server;
pub mod status;
pub mod words;

//! A gRPC greeter with rpcs of all four shapes, and one chain for all of them. Start with [`server`].

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

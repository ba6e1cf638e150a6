//! The gRPC calculator that every beginner's tutorial builds, done right. Start with [`server`].

pub mod access_log;
pub mod auth;
pub mod client;
pub mod demo;
pub mod error;
pub mod in_flight;
pub mod locale;
pub mod serve;
pub mod server;
pub mod work;

//! A service whose callers have tokens of an issuer. Start with [`https_keys`], the part that a service copies.

pub mod demo;
pub mod https_keys;
pub mod issuer;
pub mod service;

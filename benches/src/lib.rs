//! The cost of a chain of interceptors, compared with all other ways to have some. See `README.md`.
//!
//! A [`Case`](case::Case) repeats one routine, and `measure` measures it. `tcp` and `compile` measure what needs processes of
//! its own. The bench runs `report`.

pub mod case;
pub mod depth;
pub mod list;
pub mod report;

mod bare;
mod call;
mod chain;
mod compile;
mod handling;
mod idempotent;
mod measure;
mod observe;
mod observe_log;
mod rate_limit;
mod realistic;
mod streams;
mod tcp;
mod token;

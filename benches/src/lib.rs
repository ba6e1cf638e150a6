//! What a chain costs, beside every peer, in one run: see `README.md`.
//!
//! A [`Case`](case::Case) does one thing, over and over; `measure` says what that costs. `tcp` and `compile` measure
//! what takes programs of its own. `report` is what the bench runs.

pub mod case;
pub mod depth;
pub mod report;

mod call;
mod chain;
mod compile;
mod handling;
mod measure;
mod realistic;
mod streams;
mod tcp;

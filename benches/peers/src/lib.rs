//! vestibule beside other gRPC servers, over TCP, in one table. See `../README.md`.
//!
//! `servers` has the servers, a file each, and `load` the client that calls all of them. `check` compares their responses, and
//! `measure` their costs. The bench runs `report`.

pub mod open_calls;
pub mod report;

mod check;
mod load;
mod measure;
mod process;
mod servers;

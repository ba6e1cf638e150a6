//! Interceptors on clients: see [`client`](crate::client()).

mod buffer;
mod deadline;
mod error;
mod layer;
mod method;
mod send;

pub use layer::{Client, ResponseFuture, client};
pub use method::{ClientMethod, ClientOnly};

pub use crate::call::{FailedAttempt, Pushback, RetryPolicy};

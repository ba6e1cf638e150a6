//! Interceptors on clients: see [`client`](crate::client()).

mod buffer;
mod deadline;
mod error;
mod method;
mod send;
mod service;

#[doc(hidden)]
pub use method::ClientSide;
pub use method::{ClientMethod, ClientOnly};
pub use service::{Client, ResponseFuture, client};

pub use crate::call::{FailedAttempt, Pushback, RetryPolicy};

//! Interceptors that every server needs, and every client.
//!
//! | | |
//! | --- | --- |
//! | [`Recover`] | logs where a panic happened |
//! | [`Deadline`] | ends a call when nobody waits for it any more |
//! | [`InFlight`] | a limit of calls at a time |
//! | [`Credentials`] | who calls, on a [`client`](crate::client()) |
//! | [`PropagateDeadline`] | the deadline of the call that is being served, for those made meanwhile |
//! | [`Retry`] | another attempt, on a client |
//!
//! ```
//! use std::time::Duration;
//! use proto::hello::greeter_server::{Greeter, GreeterServer};
//! use proto::hello::{HelloRequest, HelloResponse};
//! use tonic::codegen::tokio_stream::{self, Stream};
//! use vestibule::interceptors::{Deadline, InFlight, Recover};
//! use vestibule::{Status, Streaming, interceptor};
//!
//! #[derive(Clone)]
//! struct MyGreeter {
//!     in_flight: InFlight,
//! }
//!
//! #[interceptor(Recover::new(), Deadline::at_most(Duration::from_secs(30)), &self.in_flight)]
//! impl Greeter for MyGreeter {
//!     async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
//!         Ok(HelloResponse { reply: format!("hello {}", request.name) })
//!     }
//! #   async fn lots_of_replies(&self, _: HelloRequest) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
//! #       Ok(tokio_stream::empty())
//! #   }
//! #   async fn lots_of_greetings(&self, _: Streaming<HelloRequest>) -> Result<HelloResponse, Status> { Err(Status::unimplemented("")) }
//! #   async fn bidi_hello(&self, _: Streaming<HelloRequest>) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
//! #       Ok(tokio_stream::empty())
//! #   }
//!     // ...
//! }
//! ```

mod credentials;
mod deadline;
mod in_flight;
mod propagate_deadline;
mod recover;
mod retry;

pub use credentials::{Credentials, Token};
pub use deadline::Deadline;
pub(crate) use deadline::exceeded;
pub use in_flight::{InFlight, Permit};
pub use propagate_deadline::PropagateDeadline;
pub(crate) use propagate_deadline::{INCOMING, earlier};
pub use recover::Recover;
pub(crate) use recover::{Place, keep_last_panic, last_panic};
pub use retry::Retry;
pub(crate) use retry::{Failure, PREVIOUS};

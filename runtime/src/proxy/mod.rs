//! What a [`layer`](crate::layer()) and a [`client`](crate::client()) share: chains in front of services whose messages
//! are not decoded.
//!
//! Of each message, hooks see its size, and may reject it ([`EncodedMessage`]). No message is buffered, whatever its size, unless a
//! start waits: see [`Layer::buffer`](crate::server::Layer::buffer). Any interceptor can stand here that has no hooks, or
//! hooks for messages of any type. What they do, and when, is the same as in an annotated service.
//!
//! ```
//! use vestibule::proxy::EncodedMessage;
//! use vestibule::server::LayerMethod;
//! use vestibule::{Call, Hooks, Interceptor, Status};
//!
//! /// Limits what a call sends. Only in a layer.
//! struct AtMost(usize);
//!
//! struct Left(usize);
//!
//! impl Interceptor for AtMost {
//!     type Provides = ();
//!     type Hooks = Left;
//!
//!     async fn start(&self, _call: &Call) -> Result<((), Left), Status> {
//!         Ok(((), Left(self.0)))
//!     }
//! }
//!
//! impl Hooks<LayerMethod> for Left {
//!     fn on_request(&mut self, message: &mut EncodedMessage) -> Result<(), Status> {
//!         let too_much = || Status::resource_exhausted("that is more than this call may send");
//!         self.0 = self.0.checked_sub(message.len()).ok_or_else(too_much)?;
//!         Ok(())
//!     }
//! }
//!
//! let layer = vestibule::layer((AtMost(1 << 20),));
//! ```
//!
//! Hooks for [`ClientMethod`](crate::client::ClientMethod) stand on a client. For both, there is `impl<M: Method<Request =
//! EncodedMessage, Response = EncodedMessage>> Hooks<M> for ...`, and for all that do not look at messages, `impl<M: Method> Hooks<M> for
//! ...`.

mod exchange;
mod grpc_status;
mod interceptors;
mod message;
mod message_frames;
mod request_body;
mod response_body;
mod service;
mod side;
mod timeout;

pub(crate) use exchange::{ProxiedCall, ProxiedRequest, call_of_request};
pub(crate) use grpc_status::{STATUS, status_of_http};
pub(crate) use interceptors::Innermost;
pub use interceptors::{EncodedHooks, Interceptors};
pub use message::EncodedMessage;
pub(crate) use message_frames::join;
pub(crate) use response_body::{end_call, failure_response, response};
// What errors name must have a name of its own.
#[doc(hidden)]
pub use service::GrpcService;
pub(crate) use side::{ProxySide, trailers};
pub(crate) use timeout::set_timeout;

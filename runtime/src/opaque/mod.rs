//! Chains in front of what is not one's own: a whole server ([`layer`](crate::layer())), or what a
//! client calls ([`client`](crate::client())).
//!
//! Messages are opaque there: of each, hooks see its size, and may reject it. None is buffered, whatever its size,
//! unless a start waits: see [`Layer::buffer`].
//! Any interceptor can stand here that has no hooks, or hooks for messages of any type. What they do, and when, is
//! the same as in an annotated service.
//!
//! ```
//! use vestibule::opaque::{Message, Opaque};
//! use vestibule::{Call, Hooks, Interceptor, Status};
//!
//! /// Limits what a call sends. Only in front of services whose messages are opaque.
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
//! impl Hooks<Opaque> for Left {
//!     fn on_request(&mut self, message: &mut Message) -> Result<(), Status> {
//!         let too_much = || Status::resource_exhausted("that is more than this call may send");
//!         self.0 = self.0.checked_sub(message.len()).ok_or_else(too_much)?;
//!         Ok(())
//!     }
//! }
//!
//! let layer = vestibule::layer((AtMost(1 << 20),));
//! ```
//!
//! Hooks for [`Outgoing`] stand on a client. For both, there is `impl<M: Method<Request = Message, Response = Message>>
//! Hooks<M> for ...`, and for all that do not look at messages, `impl<M: Method> Hooks<M> for ...`.

mod chain;
mod client;
mod deadline;
mod ending;
mod frames;
mod layer;
mod message;
mod passage;
mod reply;
mod request;
mod service;

pub use chain::{Chain, OpaqueHooks};
pub(crate) use client::Secure;
pub use client::{Client, ClientFuture, ClientOnly, client};
pub use layer::layer;
pub use layer::{Layer, Layered, LayeredFuture};
pub use message::{Message, Opaque, Outgoing};
// What errors name must have a name of its own.
#[doc(hidden)]
pub use service::GrpcService;

use crate::mount::BoxError;

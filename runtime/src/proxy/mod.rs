//! Chains in front of services whose messages stay encoded: the part that a [`layer`](crate::layer()) and a
//! [`client`](crate::client()) share.
//!
//! Hooks see the size of each message, and whether it is compressed ([`EncodedMessage`]). They may reject it. A
//! message of any size is passed on as it arrives. A layer buffers bytes only while a `start` waits
//! ([`Layer::read_ahead`](crate::server::Layer::read_ahead)).
//!
//! An interceptor can be used here if it has no hooks, or hooks for messages of any type. It runs at the same moments
//! as in an annotated service.
//!
//! ```
//! use vestibule::proxy::EncodedMessage;
//! use vestibule::server::LayerMethod;
//! use vestibule::{Call, Hooks, Interceptor, Status};
//!
//! /// Limits the bytes that a client may send in one call. It stands in a layer.
//! struct MaxUpload(usize);
//!
//! struct Remaining(usize);
//!
//! impl Interceptor for MaxUpload {
//!     type Provides = ();
//!     type Hooks = Remaining;
//!
//!     async fn start(&self, _call: &Call) -> Result<((), Remaining), Status> {
//!         Ok(((), Remaining(self.0)))
//!     }
//! }
//!
//! impl Hooks<LayerMethod> for Remaining {
//!     fn on_request(&mut self, message: &mut EncodedMessage) -> Result<(), Status> {
//!         let too_large = || Status::resource_exhausted("this call sends too many bytes");
//!         self.0 = self.0.checked_sub(message.len()).ok_or_else(too_large)?;
//!         Ok(())
//!     }
//! }
//!
//! let layer = vestibule::layer((MaxUpload(1 << 20),));
//! ```
//!
//! The impl of [`Hooks`](crate::Hooks) determines where the interceptor can be used:
//!
//! | impl | place |
//! | --- | --- |
//! | `impl Hooks<LayerMethod> for H` | in a layer |
//! | `impl Hooks<ClientMethod> for H` | on a client |
//! | `impl<M: Method<Request = EncodedMessage, Response = EncodedMessage>> Hooks<M> for H` | in a layer and on a client |
//! | `impl<M: Method> Hooks<M> for H`, which does not look at messages | anywhere |

mod entry_name;
mod grpc_status;
mod interceptors;
mod message;
mod message_frames;
mod proxied_call;
mod request_body;
mod response;
mod response_body;
mod service;
mod side;
mod timeout;
mod unsent_body;

pub(crate) use grpc_status::{read_status, status_of_http};
pub(crate) use interceptors::Innermost;
pub use interceptors::{EncodedHooks, Interceptors};
pub use message::EncodedMessage;
pub(crate) use message_frames::concat;
pub(crate) use proxied_call::{ProxiedCall, ProxiedParts, ResponseRest};
pub(crate) use response::ProxiedResponse;
pub(crate) use response_body::failure_response;
// Messages of the compiler name this trait, so it needs a public path.
#[doc(hidden)]
pub use service::GrpcService;
pub(crate) use side::{ProxySide, trailers};
pub(crate) use timeout::set_timeout;

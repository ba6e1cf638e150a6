//! Interceptors on servers: on one service, in place of the generated server ([`Mount`]), and in front of a whole
//! server ([`layer`](crate::layer())).

mod layer;
mod layer_method;
mod layered;
pub(crate) mod mount;
mod prefixes;
mod protocol;

pub use layer::{Layer, layer};
pub use layer_method::LayerMethod;
pub use layered::{Layered, ResponseFuture};
#[doc(hidden)]
pub use mount::Serve;
pub use mount::{CodecFor, Mount, Mounts, NamedList, Prost, ServeAll, report};

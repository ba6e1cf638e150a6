mod current;
#[cfg(feature = "request-id")]
mod interceptor;
#[cfg(feature = "request-id")]
mod new_id;
mod propagate;
mod value;

pub use current::current_request_id;
#[cfg(feature = "request-id")]
pub use interceptor::SetRequestId;
pub use propagate::PropagateRequestId;
pub use value::{InvalidRequestId, RequestId};

/// The key of metadata that nothing else is set for.
const DEFAULT_KEY: &str = "x-request-id";

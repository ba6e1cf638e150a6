mod current;
#[cfg(feature = "request-id")]
mod interceptor;
mod key;
#[cfg(feature = "request-id")]
mod new_id;
mod propagate;
mod value;

pub use current::current_request_id;
#[cfg(feature = "request-id")]
pub use interceptor::SetRequestId;
pub use propagate::PropagateRequestId;
pub use value::{InvalidRequestId, RequestId};

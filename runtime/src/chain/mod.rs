//! What the expansion of `#[interceptor]` on a service calls: the guarantees of a chain that do
//! not depend on the user's types.

mod bounds;
mod call_future;
mod checked;
mod erased_hooks;
mod exchange;
mod finish;
mod guarded;
mod held;
mod hook_stack;
mod hooks;
mod interceptor;
mod panics;
mod receive;
mod request;
mod request_stream;
mod respond;
mod response;
mod response_stream;
mod rest;
mod shared_hooks;
mod stand_in;
mod stateful;
mod streaming;
mod tonic_streaming;
mod unread_request;

pub use bounds::{
    CloneService, ListedValue, ResponseItems, ResponseMessages, SendHandler, SendStream, ServiceType,
};
pub use call_future::CallFuture;
pub(crate) use checked::check_status;
pub use exchange::{Bidirectional, ClientStreaming, Exchange, ServerStreaming, Unary};
pub use finish::Finish;
pub use held::{Held, hold, hold_stream};
pub use hook_stack::Level;
pub(crate) use hook_stack::{SharedHookStack, SharedLevel};
pub use hooks::{Hooks, Outcome};
pub use interceptor::{Interceptor, Rest};
pub use panics::PanicHook;
pub(crate) use request::FromRequest;
pub(crate) use request_stream::{RequestSide, RequestStream};
pub use response::StreamingResponse;
pub(crate) use response::{ResponseSink, SingleResponse};
pub use response_stream::{
    BoxResponseFuture, BoxStream, HeadersFuture, ResponseSender, ResponseStream, boxed_stream,
};
pub use rest::{AnyRest, RestRef, UnguardedRest, boxed_rest};
pub(crate) use shared_hooks::RequestHooks;
pub use stand_in::Placeholder;
pub use stateful::{AnyListed, Listed, MadeForEachCall, Stateful};
pub use streaming::Streaming;
pub(crate) use unread_request::{Decode, UnreadRequest};

//! The chain of a call: interceptors, hooks, and the functions that the expansion of `#[interceptor]` calls.
//!
//! Code that does not depend on the user's types stands here, and not in the expansion.

mod bounds;
mod call_future;
mod check_result;
mod entry_order;
mod entry_type;
mod erased_hooks;
mod exchange;
mod finish;
mod for_methods;
mod guard;
mod guarded;
mod headers_future;
mod held;
mod hook_stack;
mod hooks;
mod interceptor;
mod list_hooks;
mod list_slot;
mod out_of_order;
mod panics;
mod placeholder;
mod provided_later;
mod public;
mod receive;
mod request;
mod request_reader;
mod request_stream;
mod respond;
mod response;
mod response_sender;
mod response_stream;
mod rest;
mod rest_with;
mod returned;
mod shared_hooks;
mod single_message;
mod stateful;
mod streaming;
mod tonic_streaming;
mod unread_request;

pub use bounds::{
    CloneService, ListedValue, ResponseItems, ResponseMessages, SendHandler, SendStream, ServiceType,
};
pub use call_future::CallFuture;
pub(crate) use check_result::{INTERNAL_ERROR, check_status};
pub(crate) use entry_order::check_tuple;
pub use entry_order::{AnyPhased, Phased, Written, check_behind, check_order};
pub use entry_type::{
    AnyRecorded, EntryType, KnownEntries, ListChain, ListId, Recorded, add_lists_of, entries_of,
    phases_in_list, phases_of, range_of_list, stated_phases_of, stated_range_of_list, with_entries,
};
pub use exchange::{Bidirectional, ClientStreaming, Exchange, ServerStreaming, Unary};
pub use finish::Finish;
pub use for_methods::{ForMethods, except, only};
pub use guard::{StartsOnly, as_interceptor, run_guard};
pub use headers_future::{BoxResponseFuture, BoxStream, HeadersFuture, box_stream};
pub use held::{Held, hold, hold_stream};
pub use hook_stack::{Level, erase_hooks, level, shared_level};
pub(crate) use hook_stack::{SharedHookStack, SharedLevel};
pub(crate) use hooks::act;
pub use hooks::{Hooks, Outcome};
pub use interceptor::{Interceptor, Rest};
pub use list_hooks::{ListHooks, begin_in_level, share_hooks};
pub use out_of_order::{OutOfOrder, out_of_order};
pub use panics::PanicHook;
pub(crate) use panics::catch_panic;
pub use placeholder::Placeholder;
pub use provided_later::{AnyValue, ProvidedLater, Value, start_outside_of_level};
pub use public::{Public, public};
pub(crate) use request::FromRequest;
pub(crate) use request_stream::{RequestSide, RequestStream};
pub use response::StreamingResponse;
pub(crate) use response::{ResponseSink, SingleResponse};
pub use response_sender::ResponseSender;
pub(crate) use response_sender::SentHeaders;
pub use response_stream::ResponseStream;
pub use rest::{AnyRest, RestRef, UnguardedRest, box_rest, rest_ref};
pub use rest_with::{ProvidingRest, RestWith, guarded_rest};
pub use returned::{BareResponse, Returned};
pub(crate) use shared_hooks::RequestHooks;
pub use single_message::{AnyMessage, SingleMessage, expected, single_message};
pub use stateful::{AnyListed, Listed, MadeForEachCall, Stateful};
pub use streaming::Streaming;
pub(crate) use unread_request::{Decoders, UnreadRequest};

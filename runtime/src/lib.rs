#![doc = include_str!("../README.md")]

pub mod details;
pub mod extract;
pub mod interceptors;
pub mod metadata;
pub mod opaque;

mod call;
mod chain;
mod cut_short;
mod hooks;
mod intake;
mod interceptor;
mod method;
mod mount;
mod progress;
mod sent;
mod service;
mod source;
mod stateful;
mod status;
mod streaming;

pub use call::Call;
pub use extract::FromCall;
pub use hooks::{Hooks, Outcome};
pub use interceptor::{Interceptor, Rest};
pub use metadata::FromMetadata;
pub use method::{Method, MethodInfo, Rpc, Shape};
pub use mount::{CodecFor, Mount, Prost};
pub use opaque::{Client, client, layer};
pub use sent::MetadataMut;
pub use stateful::Stateful;
pub use status::{IntoStatus, TryFromStatusError, code_name, domain_error};
pub use streaming::Streaming;
// What errors name must have a name of its own.
#[doc(hidden)]
pub use chain::ReplyStream;
#[doc(hidden)]
pub use chain::{AnyRest, Outlet};
#[doc(hidden)]
pub use mount::Serve;
#[doc(hidden)]
pub use service::{
    CloneService, ListedValue, ReplyItems, SentHandler, SentReply, ServiceType, StreamedReply,
};
#[doc(hidden)]
pub use stateful::MadeForEachCall;
#[doc(hidden)]
pub use status::ErrorText;
#[doc(no_inline)]
pub use tonic::{Code, Request, Response, Status};

#[doc = include_str!("docs/grpc_error.md")]
pub use vestibule_macros::grpc_error;
#[doc = include_str!("docs/interceptor.md")]
pub use vestibule_macros::interceptor;
#[doc = include_str!("docs/require_metadata.md")]
pub use vestibule_macros::require_metadata;

/// How to, at length.
#[cfg(any(doc, doctest))]
pub mod guide {
    #[doc = include_str!("docs/guide/errors.md")]
    pub mod errors {}

    #[doc = include_str!("docs/guide/getting_started.md")]
    pub mod getting_started {}

    #[doc = include_str!("docs/guide/life_of_a_call.md")]
    pub mod life_of_a_call {}

    #[doc = include_str!("docs/guide/mounts.md")]
    pub mod mounts {}

    #[doc = include_str!("docs/guide/production.md")]
    pub mod production {}

    #[doc = include_str!("docs/guide/testing.md")]
    pub mod testing {}
}

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#![doc = include_str!("../README.md")]

pub mod client;
pub mod details;
pub mod extract;
pub mod metadata;
pub mod phase;
pub mod proxy;
pub mod report;
pub mod server;

mod call;
mod chain;
mod code;
mod const_text;
mod log_text;
mod method;
mod status;

pub use call::{Call, MetadataMut, current_deadline};
pub use chain::{
    ForMethods, Hooks, Interceptor, OutOfOrder, Outcome, PanicHook, Public, Rest, RestWith, Stateful,
    Streaming, except, only, out_of_order, public,
};
pub use client::{Client, client};
pub use code::code_name;
pub use extract::FromCall;
pub use metadata::FromMetadata;
pub use method::{MessageSize, Method, MethodInfo, Rpc, Shape};
pub use server::{CodecFor, Mount, Prost, layer, report};
pub use status::{IntoStatus, TryFromStatusError, domain_error};
// The compiler's messages name these types, so each of them has a short path.
#[doc(hidden)]
pub use chain::{
    AnyRest, CloneService, HeadersFuture, ListedValue, MadeForEachCall, ProvidedLater, ResponseItems,
    ResponseMessages, ResponseSender, ResponseStream, SendHandler, SendStream, ServiceType, SingleMessage,
    StartsOnly, as_interceptor, erase_hooks, level, rest_ref, run_guard, shared_level, single_message,
};
#[doc(hidden)]
pub use server::Serve;
#[doc(hidden)]
pub use status::{ErrorText, GenericError};
#[doc(no_inline)]
pub use tonic::{Code, Request, Response, Status};

#[doc = include_str!("docs/grpc_error.md")]
pub use vestibule_macros::grpc_error;
#[doc = include_str!("docs/interceptor.md")]
pub use vestibule_macros::interceptor;
#[doc = include_str!("docs/require_metadata.md")]
pub use vestibule_macros::require_metadata;

pub mod descriptor {
    //! What the descriptor of a service says of its methods, as constants.
    //!
    //! `vestibule-build` writes the constants beside tonic's code. The guide
    //! [`descriptors`](crate::guide::descriptors) shows how to use them.

    pub use crate::method::{
        CustomOption, DescribedService, Idempotency, MethodDescriptor, OptionType, OptionValue, ServiceInfo,
    };
}

#[cfg(any(doc, doctest))]
pub mod guide {
    //! The guides, one page for each task.
    //!
    //! A new user reads them in this order:
    //!
    //! 1. [`getting_started`] adds the crate to a service, with a first interceptor.
    //! 2. [`life_of_a_call`] lists what runs when, and what happens when a step fails.
    //! 3. [`move_a_service`] moves a service that exists, step by step.
    //! 4. [`errors`] turns the errors of a handler into statuses, and a client turns them back.
    //! 5. [`mounts`] compares the places for a chain: a mount, the generated server, a layer, a client.
    //! 6. [`lists`] writes one list for many services, and requires it of each of them.
    //! 7. [`testing`] shows how to test interceptors and services, with and without a network.
    //! 8. [`write_an_interceptor`] explains how to write and publish an interceptor, with its tests.
    //! 9. [`descriptors`] lets the compiler know the whole service: its rpcs, their names and their options.
    //! 10. [`policies`] demands of each rpc that it states who may call it.
    //! 11. [`report`] prints what guards each rpc.
    //! 12. [`who_is_calling`] finds out who calls and from where, limits how often, and lets a repeated call run once.
    //! 13. [`validation`] refuses messages that break their rules.
    //! 14. [`see_every_call`] adds logs, traces and metrics, and moves a service from tower-http's `TraceLayer`.
    //! 15. [`production`] lists settings and layers that do harm in production, and says what to write instead.

    #[doc = include_str!("docs/guide/getting_started.md")]
    pub mod getting_started {}

    #[doc = include_str!("docs/guide/life_of_a_call.md")]
    pub mod life_of_a_call {}

    #[doc = include_str!("docs/guide/move_a_service.md")]
    pub mod move_a_service {}

    #[doc = include_str!("docs/guide/errors.md")]
    pub mod errors {}

    #[doc = include_str!("docs/guide/mounts.md")]
    pub mod mounts {}

    #[doc = include_str!("docs/guide/lists.md")]
    pub mod lists {}

    #[doc = include_str!("docs/guide/testing.md")]
    pub mod testing {}

    #[doc = include_str!("docs/guide/write_an_interceptor.md")]
    pub mod write_an_interceptor {}

    #[doc = include_str!("docs/guide/descriptors.md")]
    pub mod descriptors {}

    #[doc = include_str!("docs/guide/policies.md")]
    pub mod policies {}

    #[doc = include_str!("docs/guide/report.md")]
    pub mod report {}

    #[doc = include_str!("docs/guide/who_is_calling.md")]
    pub mod who_is_calling {}

    #[doc = include_str!("docs/guide/validation.md")]
    pub mod validation {}

    #[doc = include_str!("docs/guide/see_every_call.md")]
    pub mod see_every_call {}

    #[doc = include_str!("docs/guide/production.md")]
    pub mod production {}
}

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

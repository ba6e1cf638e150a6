//! The names that the expansion of the macros uses. They are not subject to semantic versioning.

pub use std::any::TypeId;
pub use std::boxed::Box;
pub use std::clone::Clone;
pub use std::convert::Into;
pub use std::convert::{From, TryFrom};
pub use std::default::Default;
pub use std::format;
pub use std::future::Future;
pub use std::marker::PhantomData;
pub use std::marker::{Send, Sync};
pub use std::option::Option;
pub use std::pin::{Pin, pin};
pub use std::result::Result;
pub use std::string::{String, ToString};
pub use std::sync::Arc;
pub use std::time::Duration;
pub use std::vec::Vec;

pub use bytes::Bytes;
pub use tonic::server::NamedService;
pub use tonic::{Code, Request, Response, Status, Streaming};

pub use crate::__method_info as method_info;
pub use crate::chain::{
    AnyListed, AnyMessage, AnyPhased, AnyRecorded, AnyValue, BareResponse, Bidirectional, BoxResponseFuture,
    BoxStream, CallFuture, ClientStreaming, EntryType, Exchange, Finish, Held, KnownEntries, Level,
    ListChain, ListHooks, ListId, Listed, Phased, Placeholder, ProvidingRest, Recorded, RestRef, Returned,
    ServerStreaming, StreamingResponse, Unary, UnguardedRest, Value, Written, add_lists_of, begin_in_level,
    box_rest, box_stream, check_behind, check_order, entries_of, expected, guarded_rest, hold, hold_stream,
    phases_in_list, phases_of, range_of_list, rest_ref, share_hooks, start_outside_of_level,
    stated_phases_of, stated_range_of_list, with_entries,
};
pub use crate::code::{CodeSet, CodesOf, CodesOfResult, GrpcError, UnknownCodes};
pub use crate::const_text::report;
pub use crate::details;
pub use crate::details::{DetailField, ErrorField};
pub use crate::method::{
    DescriptionOf, ServiceInfo, Undescribed, described_method, descriptor_is_missing, missing_rpcs,
    name_of_option, option_beside_entry, option_is_missing, path, path_len, path_str, unknown_rpc,
    wrong_name,
};
pub use crate::phase::{self, InPhase};
pub use crate::report::{RowKind, ServiceTable};
pub use crate::server::mount::{
    HttpRequest, HttpResponseFuture, MountSettings, forward_to_tonic, respond_once, respond_with_stream,
};
pub use crate::status::{
    ConvertError, ConvertReturned, FromStatus, ReceivedStatus, Restore, RestoreError, RestoreNothing, Retain,
    RetainError, RetainNothing, RetainSources, RetainText, ReturnedError, StatusBuilder, transparent,
};
pub use crate::{
    Call, CloneService, CodecFor, ErrorText, FromCall, GenericError, HeadersFuture, Interceptor, IntoStatus,
    ListedValue, MadeForEachCall, Method, MethodInfo, Mount, ProvidedLater, ResponseItems, ResponseMessages,
    ResponseSender, ResponseStream, Rest, RestWith, Rpc, SendHandler, SendStream, Serve, ServiceType, Shape,
    SingleMessage, StartsOnly, TryFromStatusError, as_interceptor, erase_hooks, level, run_guard,
    shared_level, single_message,
};

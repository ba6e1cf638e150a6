//! What the expansion of the macros names. Not subject to semantic versioning.

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

pub use bytes::Bytes;
pub use tonic::server::NamedService;
pub use tonic::{Code, Request, Response, Status, Streaming};

pub use crate::__method_info as method_info;
pub use crate::chain::{
    Bidirectional, BoxReply, BoxStream, ClientStreaming, Exchange, Finishing, Held, Level, Opening, Outlet,
    Passed, ReplyStream, RestRef, ServerStreaming, StandIn, Streamed, Unary, Whole, boxed, boxed_rest, hold,
    hold_stream,
};
pub use crate::details;
pub use crate::details::{DetailField, ErrorField};
pub use crate::method::{MethodInfo, Shape, path, path_len, path_str};
pub use crate::mount::{Answer, CodecFor, HttpRequest, Mount, Serve, Settings, other, single, stream};
pub use crate::stateful::{AnyListed, Listed, MadeForEachCall};
pub use crate::status::{
    Back, BackFrom, BackFromNothing, FromStatus, Incoming, Keep, KeepError, KeepNothing, KeepSources,
    Outgoing, TryFromStatusError, transparent,
};
pub use crate::{
    Call, CloneService, ErrorText, Interceptor, IntoStatus, ListedValue, ReplyItems, Rest, Rpc, SentHandler,
    SentReply, ServiceType, StreamedReply,
};

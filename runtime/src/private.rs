//! What the expansion of the macros names. Not subject to semantic versioning.

pub use std::boxed::Box;
pub use std::clone::Clone;
pub use std::convert::Into;
pub use std::marker::PhantomData;
pub use std::option::Option;
pub use std::pin::pin;
pub use std::result::Result;
pub use std::string::ToString;

pub use bytes::Bytes;
pub use tonic::server::NamedService;
pub use tonic::{Code, Request, Response, Status, Streaming};

pub use crate::__method_info as method_info;
pub use crate::chain::{
    BoxReply, BoxStream, Exchange, Finishing, Guarded, Opening, Outlet, ReplyStream, StandIn, boxed,
};
pub use crate::method::{MethodInfo, Shape, path, path_len, path_str};
pub use crate::{
    Call, CloneService, Interceptor, IntoStatus, ReplyItems, Rest, Rpc, SentHandler, StreamedReply,
};

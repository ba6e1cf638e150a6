//! The arguments of the attributes. Each file holds the keys of one attribute. Those of `#[grpc_error]` and `#[status]`
//! are in `grpc_error/parse`, beside the parts that they consist of.

pub(crate) mod crate_path;
pub(crate) mod each;
pub(crate) mod entries;
pub(crate) mod entry;
pub(crate) mod keys;
pub(crate) mod parameter;
pub(crate) mod phase;
pub(crate) mod require_metadata;
pub(crate) mod rpc;
pub(crate) mod skip;

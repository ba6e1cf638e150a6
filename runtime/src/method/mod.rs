//! An rpc, and what its descriptor says of it.

mod check;
mod descriptor;
mod info;
mod message_size;
mod option;
mod path;
mod policy_check;
mod service;
mod shape;
mod types;

pub use check::{
    DescriptionOf, Undescribed, described_method, descriptor_is_missing, missing_rpcs, unknown_rpc,
    wrong_name,
};
pub use descriptor::{Idempotency, MethodDescriptor};
pub use info::MethodInfo;
pub use message_size::MessageSize;
pub use option::{CustomOption, OptionType, OptionValue};
pub use path::{path, path_len, path_str};
pub use policy_check::{name_of_option, option_beside_entry, option_is_missing};
pub use service::{DescribedService, ServiceInfo};
pub use shape::Shape;
pub(crate) use types::sealed;
pub use types::{Method, Rpc};

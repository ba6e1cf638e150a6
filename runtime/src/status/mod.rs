//! Converts an error into the status that a client receives, and the status back into the error.

mod builder;
mod cause;
mod code_name;
mod error_chain;
mod finalize;
mod into_status;
mod restore;
mod retained;
mod size;
mod status_source;
mod transparent;

pub use builder::StatusBuilder;
pub(crate) use cause::Cause;
pub use code_name::code_name;
pub(crate) use error_chain::{BoxError, find_source, has_source};
pub(crate) use finalize::finalize;
pub use into_status::{ErrorText, IntoStatus};
pub use restore::{FromStatus, ReceivedStatus, Restore, RestoreError, RestoreNothing, TryFromStatusError};
pub use retained::{Retain, RetainError, RetainNothing, RetainSources};
pub use status_source::domain_error;
pub(crate) use status_source::log;
pub use transparent::transparent;

//! Converts an error into the status that a client receives, and the status back into the error.

mod attached_sources;
mod builder;
mod cause;
mod convert_error;
mod error_chain;
mod finalize;
mod into_status;
mod log_level;
mod restore;
mod retained;
mod returned_error;
mod size;
mod status_source;
mod transparent;

pub(crate) use attached_sources::log_attached_sources;
pub use builder::StatusBuilder;
pub(crate) use cause::Cause;
pub use convert_error::ConvertError;
pub(crate) use error_chain::{BoxError, find_source, has_source};
pub(crate) use finalize::finalize;
pub use into_status::{ErrorText, IntoStatus};
pub use restore::{FromStatus, ReceivedStatus, Restore, RestoreError, RestoreNothing, TryFromStatusError};
pub use retained::{GenericError, Retain, RetainError, RetainNothing, RetainSources, RetainText};
pub(crate) use returned_error::boxed_into_status;
pub use returned_error::{ConvertReturned, ReturnedError};
pub use status_source::domain_error;
pub(crate) use status_source::log;
pub use transparent::transparent;

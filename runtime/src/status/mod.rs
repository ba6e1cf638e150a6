//! How an error becomes the status a client sees, and how a client gets the error back.

mod code_name;
mod incoming;
mod into_status;
mod keep;
mod leaving;
mod mark;
mod outgoing;
mod report;
mod size;
mod transparent;

pub use code_name::code_name;
pub use incoming::{Back, BackFrom, BackFromNothing, FromStatus, Incoming, TryFromStatusError};
pub use into_status::{ErrorText, IntoStatus};
pub use keep::{Keep, KeepError, KeepNothing, KeepSources};
pub(crate) use leaving::leaving;
pub(crate) use mark::Mark;
pub use outgoing::Outgoing;
pub use report::domain_error;
pub(crate) use report::log;
pub use transparent::transparent;

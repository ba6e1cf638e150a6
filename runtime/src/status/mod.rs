//! How an error becomes the status a client sees, and how a client gets the error back.

mod code_name;
mod incoming;
mod into_status;
mod keep;
mod outgoing;
mod report;
mod size;

pub use code_name::code_name;
pub use incoming::{Back, BackFrom, BackFromNothing, Incoming, TryFromStatusError};
pub use into_status::IntoStatus;
pub use keep::{Keep, KeepError, KeepNothing, KeepSources};
pub(crate) use outgoing::finish;
pub use outgoing::{Outgoing, transparent};
pub(crate) use report::log;

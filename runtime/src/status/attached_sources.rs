//! Logs the sources that the author of a service has attached to a `Status`, with `Status::set_source` for example.

use std::error::Error;

use tonic::Status;

use super::cause::Cause;
use super::error_chain::{texts_of, with_sources};
use super::log_level::{event_at, log_level};
use super::status_source::StatusSource;
use crate::MethodInfo;
use crate::code::code_name;
use crate::log_text::cut;

/// Logs the sources of a status that `#[grpc_error]` has not built, and returns true if it has logged any.
///
/// Sources that the log already has are left out: those of `logged`, those of an error with `#[grpc_error]`, which logs
/// them itself, and a panic.
#[cold]
pub(crate) fn log_attached_sources(method: &MethodInfo, status: &Status, logged: Option<&Status>) -> bool {
    let logged = logged.and_then(Status::source);
    let is_new = |error: &&(dyn Error + 'static)| {
        !error.is::<StatusSource>()
            && !error.is::<Cause>()
            && !logged.is_some_and(|logged| std::ptr::addr_eq(logged, *error))
    };
    let sources = with_sources(status.source()).take_while(is_new);
    let texts = texts_of(sources, status.message());
    if texts.is_empty() {
        return false;
    }
    let (method, code) = (&*method.logged_path(), code_name(status.code()));
    // Each text is cut for itself, so that a long one does not push out its sources.
    let error = &*format!("{}{}", cut(status.message()), cut(&texts));
    event_at!(log_level(status.code()), method, code, error, "not sent to the client in full");
    true
}

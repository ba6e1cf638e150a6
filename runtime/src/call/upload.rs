//! The end of an upload that is not its end.
//!
//! tonic's stream of messages takes an error of the body with the code CANCELLED for a success: a handler
//! would act on half an upload. Where a body is made here, its error has another code, and is known by
//! its source.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tonic::{Code, Status};

use crate::status::has_source;

/// Whether a client that streams has broken off.
#[derive(Clone, Debug, Default)]
pub(crate) struct Upload(Arc<AtomicBool>);

impl Upload {
    pub(crate) fn set_aborted(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_aborted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// An error of a body such that tonic tells the handler of it.
pub(crate) fn as_aborted(status: Status) -> Status {
    if !is_upload_error(&status) {
        return status;
    }
    let mut told = Status::aborted(status.message());
    told.set_source(Arc::new(UploadError));
    told
}

/// Whether an error of a body is an upload that was cut short: its stream was reset, or its connection is lost.
pub(crate) fn is_upload_error(status: &Status) -> bool {
    status.code() == Code::Cancelled
        || has_source::<UploadError>(status)
        || has_source::<hyper::Error>(status)
}

/// An error among the messages, with the code that it is about.
pub(crate) fn as_cancelled(status: Status) -> Status {
    if has_source::<UploadError>(&status) { Status::cancelled(status.message()) } else { status }
}

#[derive(Debug)]
struct UploadError;

impl fmt::Display for UploadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was cut short")
    }
}

impl Error for UploadError {}

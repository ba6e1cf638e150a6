//! Client streams that are aborted before their end.
//!
//! If the body of a request fails with CANCELLED, `tonic::Streaming` reports the regular end of the stream, and a handler
//! would act on half of the messages. So this crate gives such an error the code ABORTED, and marks it by its source.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tonic::{Code, Status};

use crate::status::has_source;

/// A flag that says if the client has aborted its stream. Clones share it.
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

/// Returns an error of a request body with a code that tonic passes on to the handler.
pub(crate) fn as_aborted(status: Status) -> Status {
    if !is_upload_error(&status) {
        return status;
    }
    let mut aborted = Status::aborted(status.message());
    aborted.set_source(Arc::new(UploadError));
    aborted
}

/// Returns true if an error of a request body means that the stream was reset or the connection was lost.
pub(crate) fn is_upload_error(status: &Status) -> bool {
    status.code() == Code::Cancelled
        || has_source::<UploadError>(status)
        || has_source::<hyper::Error>(status)
}

/// Returns an error of a message stream with the code CANCELLED, if it is one of [`as_aborted`].
pub(crate) fn as_cancelled(status: Status) -> Status {
    if has_source::<UploadError>(&status) { Status::cancelled(status.message()) } else { status }
}

/// The source of a status that [`as_aborted`] has made.
#[derive(Debug)]
struct UploadError;

impl fmt::Display for UploadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client aborted its stream")
    }
}

impl Error for UploadError {}

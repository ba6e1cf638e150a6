//! The end of an upload that is not its end.
//!
//! tonic's stream of messages takes an error of the body with the code CANCELLED for a success: a handler
//! would act on half an upload. Where a body is made here, its error has another code, and is known by
//! its source.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use tonic::{Code, Status};

use crate::source::has_source;

/// An error of a body such that tonic tells the handler of it.
pub(crate) fn told(status: Status) -> Status {
    if !is_cut_short(&status) {
        return status;
    }
    let mut told = Status::aborted(status.message());
    told.set_source(Arc::new(CutShort));
    told
}

/// Whether an error of a body is an upload that was cut short: its stream was reset, or its connection is lost.
pub(crate) fn is_cut_short(status: &Status) -> bool {
    status.code() == Code::Cancelled || has_source::<CutShort>(status) || has_source::<hyper::Error>(status)
}

/// An error among the messages, with the code that it is about.
pub(crate) fn meant(status: Status) -> Status {
    if has_source::<CutShort>(&status) { Status::cancelled(status.message()) } else { status }
}

#[derive(Debug)]
struct CutShort;

impl fmt::Display for CutShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was cut short")
    }
}

impl Error for CutShort {}

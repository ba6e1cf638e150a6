//! Details may be fields or expressions where their types are imported.
#![deny(warnings, unused_qualifications)]

use vestibule::details::{BadRequest, FieldViolation, RetryInfo};
use vestibule::{Status, grpc_error};

#[grpc_error(domain = "example.com")]
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("bad")]
    #[status(InvalidArgument)]
    Bad(#[status(bad_request)] BadRequest),
    #[error("busy")]
    #[status(Unavailable, message = String::from("busy"))]
    Busy {
        #[status(retry_info)]
        after: RetryInfo,
        #[status(default)]
        times: u32,
    },
    #[error("late")]
    #[status(Unavailable, retry_info = std::time::Duration::from_secs(*secs))]
    Late {
        #[status(metadata)]
        secs: u64,
    },
}

fn main() {
    let bad = Failure::Bad(BadRequest::new([FieldViolation::new("a", "b")]));
    let _ = Status::from(bad);
}

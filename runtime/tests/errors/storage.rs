//! Errors with sources, and what the log has of them.

use std::io;
use std::sync::Arc;

use vestibule::grpc_error;

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Cause(&'static str, #[source] Option<Arc<Cause>>);

pub(crate) fn cause() -> Cause {
    Cause("cable cut", Some(Arc::new(Cause("a digger", None))))
}

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("storage is down")]
pub(crate) enum StorageError {
    #[status(Internal, expose)]
    Exposed(#[source] Cause),
    #[status(Unavailable)]
    Unavailable(#[from] Cause),
    #[error("nothing there")]
    #[status(NotFound)]
    NotFound(#[source] io::Error),
    #[status(NotFound, log = false)]
    Unlogged(#[source] Cause),
    #[status(Aborted, message = "try again", request_info(request_id = "r-7"))]
    Reworded,
    #[error("cable cut")]
    #[status(Aborted)]
    Repeats(#[source] Cause),
    #[error("{0}")]
    #[status(Aborted)]
    Seen(#[source] io::Error),
    #[status(ResourceExhausted)]
    Full,
    #[status(DataLoss)]
    Lost(#[source] Cause),
}

impl StorageError {
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "exposed" => Self::Exposed(cause()),
            "unavailable" => Self::Unavailable(cause()),
            "not_found" => Self::NotFound(io::Error::from(io::ErrorKind::NotFound)),
            "unlogged" => Self::Unlogged(cause()),
            "reworded" => Self::Reworded,
            "repeats" => Self::Repeats(cause()),
            "seen" => Self::Seen(io::Error::other("seen")),
            "full" => Self::Full,
            _ => Self::Lost(cause()),
        }
    }
}

/// The message that the client reads, and the line in the log without the method.
pub(crate) const LINES: [(&str, &str, &str); 8] = [
    (
        "exposed",
        "storage is down",
        "ERROR partly kept code=\"INTERNAL\" error=\"storage is down: cable cut: a digger\"",
    ),
    (
        "unavailable",
        "storage is down",
        "WARN partly kept code=\"UNAVAILABLE\" error=\"storage is down: cable cut: a digger\"",
    ),
    (
        "not_found",
        "nothing there",
        "INFO partly kept code=\"NOT_FOUND\" error=\"nothing there: entity not found\"",
    ),
    ("unlogged", "storage is down", ""),
    (
        "reworded",
        "try again",
        "WARN partly kept code=\"ABORTED\" id=\"r-7\" error=\"try again: storage is down\"",
    ),
    ("repeats", "cable cut", "WARN partly kept code=\"ABORTED\" error=\"cable cut: a digger\""),
    ("seen", "seen", ""),
    ("full", "storage is down", ""),
];

/// Returns the line in the log, with the method.
pub(crate) fn line(line: &str, method: &str) -> String {
    let (level, rest) = line.split_once(" partly kept ").unwrap_or_default();
    match level {
        "" => String::new(),
        _ => format!("{level} vestibule: not sent to the client in full method=\"{method}\" {rest}"),
    }
}

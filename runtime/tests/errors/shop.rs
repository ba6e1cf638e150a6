//! An error of each form, and its way over the wire.

use std::time::Duration;

use vestibule::details::{ErrorDetails, StatusExt};
use vestibule::{Code, Status, grpc_error};

pub(crate) const DOMAIN: &str = "shop.example.com";

#[grpc_error(domain = DOMAIN)]
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("shop: {self:?}")]
#[status(FailedPrecondition)]
pub(crate) enum ShopError {
    Unit,
    Tuple(#[status(metadata = "a")] i64, #[status(metadata = "b")] String),
    Named {
        #[status(metadata)]
        text: String,
        #[status(metadata)]
        number: Option<u64>,
        #[status(metadata = "isBig")]
        is_big: bool,
        #[status(default)]
        lost: u8,
    },
    #[status(Unavailable)]
    Delayed(#[status(retry_info)] Duration, #[status(metadata = "letter")] char),
    #[status(Unavailable)]
    MaybeDelayed {
        #[status(retry_info)]
        delay: Option<Duration>,
        #[status(metadata)]
        ratio: f64,
    },
    /// The message is redacted, and yet the client gets the variant.
    #[status(Internal)]
    Broken(#[status(metadata = "shelf")] u8),
    #[status(reason = "OTHER_NAME")]
    Renamed,
    #[status(transparent)]
    Inner(InnerError),
}

#[grpc_error(domain = "inner.example.com")]
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("inner")]
pub(crate) enum InnerError {
    #[status(NotFound)]
    Gone,
    #[status(Aborted)]
    Moved {
        #[status(metadata)]
        to: String,
    },
}

/// Returns the status that a client gets: only what headers carry.
pub(crate) fn over_the_wire(error: impl Into<Status>) -> Status {
    let response: http::Response<()> = error.into().into_http();
    Status::from_header_map(response.headers()).expect("there is a status")
}

pub(crate) fn why(status: &Status) -> String {
    ShopError::try_from(status).unwrap_err().to_string()
}

/// Returns a status with an `ErrorInfo` that no `#[grpc_error]` has made.
pub(crate) fn foreign(reason: &str, domain: &str, metadata: &[(&str, &str)]) -> Status {
    let metadata: std::collections::HashMap<_, _> =
        metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let details = ErrorDetails::with_error_info(reason, domain, metadata);
    Status::with_error_details(Code::Aborted, "foreign", details)
}

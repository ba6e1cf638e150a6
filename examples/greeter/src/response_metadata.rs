//! The metadata and trailers of responses.

use std::time::SystemTime;

use tonic::metadata::MetadataValue;
use vestibule::{Call, Rest, Status, interceptor};

/// Adds the location of the server to the initial metadata of each response, also of a failure.
#[interceptor(phase = Observe)]
pub async fn location(call: &Call) -> Result<(), Status> {
    call.response_metadata().insert("location", MetadataValue::from_static("BeiJing"));
    Ok(())
}

/// Adds a trailer: the time at which the response ended, in seconds since 1970.
#[interceptor]
pub async fn timestamp(call: &Call, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    call.trailers().insert("timestamp", now.as_secs().into());
    result
}

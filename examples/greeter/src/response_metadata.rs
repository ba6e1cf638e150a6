//! What replies carry beside their messages.

use std::time::SystemTime;

use tonic::metadata::MetadataValue;
use vestibule::{Call, Rest, Status, interceptor};

/// Tells where the server stands, before the first message and with a failure as well.
#[interceptor]
pub async fn location(call: &Call) -> Result<(), Status> {
    call.response_metadata().insert("location", MetadataValue::from_static("BeiJing"));
    Ok(())
}

/// Ends a reply with the time at which it ended, in seconds since 1970.
#[interceptor]
pub async fn timestamp(call: &Call, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    call.trailers().insert("timestamp", now.as_secs().into());
    result
}

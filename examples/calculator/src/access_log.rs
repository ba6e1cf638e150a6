//! The access log: one line for each call.

use std::time::Instant;

use vestibule::{Call, Code, Rest, Status, code_name, interceptor};

/// Logs the method, the client, the code and the duration of each call, also of rejected ones.
///
/// A call whose client goes away is logged as CANCELLED.
#[interceptor(phase = Observe)]
pub async fn access_log(call: &Call, rest: impl Rest) -> Result<(), Status> {
    // A parameter `#[metadata("client-id")]` would reject a call whose id is repeated or not printable,
    // before there is a line for it. A log must reject nothing.
    let client_id = call.get::<Option<&str>>("client-id").ok().flatten().unwrap_or("inconnu");
    let started = Instant::now();
    let result = rest.await;
    let code = code_name(result.as_ref().err().map_or(Code::Ok, Status::code));
    let elapsed = started.elapsed();
    tracing::info!(method = call.method().path(), client_id, %code, ?elapsed);
    result
}

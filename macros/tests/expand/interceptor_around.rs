#[interceptor]
async fn access_log(call: &Call, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    tracing::info!(method = call.method().path(), ok = result.is_ok());
    result
}

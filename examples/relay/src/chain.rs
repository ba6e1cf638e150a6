//! The interceptors. None of them depends on the place where it stands.

use subtle::ConstantTimeEq;
use vestibule::metadata::Bearer;
use vestibule::{Call, Code, Rest, Status, code_name, interceptor};

/// Logs each call and how it ended. `place` distinguishes the server's log from the client's.
#[interceptor(phase = Observe)]
pub(crate) async fn access_log(place: &'static str, call: &Call, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    let code = code_name(result.as_ref().err().map_or(Code::Ok, Status::code));
    tracing::info!(place, method = call.method().path(), %code);
    result
}

/// Accepts calls that carry the secret.
#[interceptor(phase = Authenticate)]
pub(crate) async fn authenticate(
    secret: &'static str,
    #[metadata("authorization")] token: Bearer<'_>,
) -> Result<(), Status> {
    if token.token().as_bytes().ct_eq(secret.as_bytes()).into() {
        Ok(())
    } else {
        Err(Status::unauthenticated("invalid token"))
    }
}

use http::header::USER_AGENT;
use tonic::Status;

use crate::{Call, FromCall};

/// The `user-agent` of the client: its gRPC library, and often the application in front of it.
///
/// If the client has sent none, the call fails with `INVALID_ARGUMENT`. gRPC does not require one, so
/// `Option<UserAgent>` is the better choice for a public server: it never rejects a call. Any client can send any text, so
/// do not decide about access by it.
///
/// gRPC allows ASCII only, but some clients send UTF-8, which is kept. A value in another encoding counts as none. If a
/// client has sent several values, the first one is taken, as tonic does.
///
/// ```
/// use vestibule::extract::UserAgent;
///
/// fn is_python(UserAgent(agent): UserAgent<'_>) -> bool {
///     agent.contains("grpc-python")
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserAgent<'a>(pub &'a str);

impl<'a> FromCall<'a> for UserAgent<'a> {
    fn from_call(call: &'a Call) -> Result<Self, Status> {
        match Self::optional_from_call(call)? {
            Some(agent) => Ok(agent),
            // This reads no value, and returns the status that says why.
            None => call.get("user-agent").map(UserAgent),
        }
    }

    fn optional_from_call(call: &'a Call) -> Result<Option<Self>, Status> {
        let agent = call.metadata().as_ref().get(USER_AGENT);
        Ok(agent.and_then(|agent| str::from_utf8(agent.as_bytes()).ok()).map(UserAgent))
    }
}

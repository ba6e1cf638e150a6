use tonic::Status;

use crate::{Call, FromCall};

/// The `user-agent` of the client: its gRPC library, and often the application in front of it.
///
/// If the client has sent none, the call fails with `INVALID_ARGUMENT`. gRPC does not require one, so
/// `Option<UserAgent>` is the better choice for a public server. Any client can send any text, so do not decide about
/// access by it.
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
        call.get("user-agent").map(UserAgent)
    }

    fn optional_from_call(call: &'a Call) -> Result<Option<Self>, Status> {
        Ok(call.get::<Option<&str>>("user-agent")?.map(UserAgent))
    }
}

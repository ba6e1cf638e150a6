//! The relay: a service that forwards each call to the greeter.

use std::time::Duration;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tonic::Response;
use tonic::transport::Channel;
use vestibule::{Client, Code, Mount, Status, Streaming, interceptor};
use vestibule_interceptors::{Credentials, PropagateDeadline, Retry, Token};

use crate::chain::access_log;

/// The client's type does not name its chain.
#[derive(Clone, Debug)]
pub(crate) struct Relay {
    greeter: GreeterClient<Client<Channel>>,
}

/// Returns the token for the greeter. A real program asks an issuer. `Credentials` call this again a
/// minute before the hour is over.
async fn token() -> Result<Token, Status> {
    Ok(Token::bearer("for-the-relay")?.expires_in(Duration::from_secs(3600)))
}

impl Relay {
    pub(crate) fn new(greeter: Channel) -> Self {
        let chain = (
            access_log("client"),
            // The greeter runs on this machine, without TLS. With TLS, write `.origin(...)` on the
            // client instead.
            Credentials::new(token).allow_plaintext(),
            PropagateDeadline::new(),
            Retry::new(4).backoff(Duration::from_millis(10), Duration::from_millis(100)),
        );
        Self { greeter: GreeterClient::new(vestibule::client(greeter, chain)) }
    }

    pub(crate) fn into_service(self) -> Mount<Self, GreeterServer<()>> {
        Mount::new(self)
    }
}

/// Turns a status of the greeter into one for the relay's clients. If the greeter rejects the relay's own
/// token, the clients must not see UNAUTHENTICATED: they would think that theirs is wrong.
fn of_the_greeter(status: Status) -> Status {
    match status.code() {
        Code::Unauthenticated | Code::PermissionDenied => {
            tracing::error!(%status, "the greeter does not let the relay in");
            Status::internal("internal error")
        }
        _ => status,
    }
}

/// The list is empty, because the chain in front of the server guards the relay. The mount knows the
/// deadline of each call, and `PropagateDeadline` sends it to the greeter.
#[interceptor]
impl Greeter for Relay {
    async fn say_hello(&self, request: HelloRequest) -> Result<Response<HelloResponse>, Status> {
        self.greeter.clone().say_hello(request).await.map_err(of_the_greeter)
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<Response<tonic::Streaming<HelloResponse>>, Status> {
        self.greeter.clone().lots_of_replies(request).await.map_err(of_the_greeter)
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented("the greeter takes one at a time"))
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<tokio_stream::Empty<Result<HelloResponse, Status>>, Status> {
        Err(Status::unimplemented("the greeter takes one at a time"))
    }
}

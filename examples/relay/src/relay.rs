//! The service that asks: it hands each call on.

use std::time::Duration;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tonic::Response;
use tonic::transport::Channel;
use vestibule::{Client, Code, Mount, Status, Streaming, interceptor};
use vestibule_interceptors::{Credentials, PropagateDeadline, Retry, Token};

use crate::chain::access_log;

/// The chain of the client is no part of its type.
#[derive(Clone, Debug)]
pub(crate) struct Relay {
    greeter: GreeterClient<Client<Channel>>,
}

/// In a real program, this asks an issuer. It is asked again a minute before the hour is over.
async fn token() -> Result<Token, Status> {
    Ok(Token::bearer("for-the-relay")?.expires_in(Duration::from_secs(3600)))
}

impl Relay {
    pub(crate) fn new(greeter: Channel) -> Self {
        let chain = (
            access_log("client"),
            // To this machine. Elsewhere, with TLS, `.origin(...)` on the client takes the place of this.
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

/// A status of the greeter, as the relay's own. What the relay may not do there is no affair of its clients: to them
/// UNAUTHENTICATED would say that their token is wrong.
fn of_the_greeter(status: Status) -> Status {
    match status.code() {
        Code::Unauthenticated | Code::PermissionDenied => {
            tracing::error!(%status, "the greeter does not let the relay in");
            Status::internal("internal error")
        }
        _ => status,
    }
}

/// It has no list: what guards it stands in front of the whole server. As a mount, it knows the deadlines of
/// its calls, which go on to the greeter.
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

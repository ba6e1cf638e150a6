//! The service, with five interceptors that do nothing.

use ::vestibule::{Status, Streaming, interceptor};
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, pending};

use super::before;

#[derive(Clone, Copy)]
pub(super) struct Annotated;

#[interceptor(e1 = before(), e2 = before(), e3 = before(), e4 = before(), e5 = before())]
impl Greeter for Annotated {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(pending())
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented("nobody calls this"))
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(pending())
    }
}

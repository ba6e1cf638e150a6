//! The service, without interceptors.

use proto::hello::greeter_server::Greeter;
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Pending, pending};
use tonic::{Request, Response, Status, Streaming};

pub(super) struct Plain;

#[tonic::async_trait]
impl Greeter for Plain {
    type LotsOfRepliesStream = Pending<Result<HelloResponse, Status>>;
    type BidiHelloStream = Pending<Result<HelloResponse, Status>>;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        Ok(Response::new(HelloResponse { reply: request.into_inner().name }))
    }

    async fn lots_of_replies(
        &self,
        _request: Request<HelloRequest>,
    ) -> Result<Response<Self::LotsOfRepliesStream>, Status> {
        Ok(Response::new(pending()))
    }

    async fn lots_of_greetings(
        &self,
        _requests: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<HelloResponse>, Status> {
        Err(Status::unimplemented("nobody calls this"))
    }

    async fn bidi_hello(
        &self,
        _requests: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<Self::BidiHelloStream>, Status> {
        Err(Status::unimplemented("nobody calls this"))
    }
}

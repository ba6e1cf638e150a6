use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};
use vestibule::interceptor;

type Replies = ReceiverStream<Result<HelloResponse, Status>>;
pub type Reply = Result<Response<HelloResponse>, Status>;
pub type Replied = Result<Response<Replies>, Status>;

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor]
impl Greeter for MyGreeter {
    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        Ok(Response::new(HelloResponse { reply: request.into_inner().name }))
    }

    type LotsOfRepliesStream = Replies;

    async fn lots_of_replies(&self, _: Request<HelloRequest>) -> Result<Response<Replies>, Status> {
        Err(Status::unimplemented("not implemented"))
    }

    async fn lots_of_greetings(
        &self,
        _: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<HelloResponse>, Status> {
        Err(Status::unimplemented("not implemented"))
    }

    type BidiHelloStream = Replies;

    async fn bidi_hello(&self, _: Request<Streaming<HelloRequest>>) -> Result<Response<Replies>, Status> {
        Err(Status::unimplemented("not implemented"))
    }
}

fn main() {
    GreeterServer::new(MyGreeter);
}

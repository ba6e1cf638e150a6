use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Status, Streaming};
use vestibule::interceptor;

pub type Incoming = Streaming<HelloRequest>;
type Replies = ReceiverStream<Result<HelloResponse, Status>>;

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor]
impl Greeter for MyGreeter {
    type LotsOfRepliesStream = Replies;
    type BidiHelloStream = Replies;

    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(&self, _: HelloRequest) -> Result<Replies, Status> {
        Err(Status::unimplemented("not implemented"))
    }

    async fn lots_of_greetings(&self, _: Request<Streaming<HelloRequest>>) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented("not implemented"))
    }

    async fn bidi_hello(&self, _: Streaming<HelloRequest>) -> Result<Replies, Status> {
        Err(Status::unimplemented("not implemented"))
    }
}

fn main() {
    GreeterServer::new(MyGreeter);
}

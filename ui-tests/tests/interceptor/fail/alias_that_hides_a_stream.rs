use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use vestibule::{Streaming, interceptor};

type Replies = ReceiverStream<Result<HelloResponse, Status>>;
type EchoResult<T> = Result<Response<T>, Status>;

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor]
impl Greeter for MyGreeter {
    async fn say_hello(&self, request: Request<HelloRequest>) -> EchoResult<HelloResponse> {
        Ok(Response::new(HelloResponse { reply: request.into_inner().name }))
    }

    async fn lots_of_replies(&self, _: Request<HelloRequest>) -> EchoResult<Replies> {
        Ok(Response::new(ReceiverStream::new(tokio::sync::mpsc::channel(1).1)))
    }

    async fn lots_of_greetings(&self, _: Streaming<HelloRequest>) -> EchoResult<HelloResponse> {
        Err(Status::unimplemented("not implemented"))
    }

    type BidiHelloStream = Replies;

    async fn bidi_hello(&self, requests: Streaming<HelloRequest>) -> EchoResult<Self::BidiHelloStream> {
        drop(requests);
        Ok(Response::new(ReceiverStream::new(tokio::sync::mpsc::channel(1).1)))
    }
}

fn main() {
    GreeterServer::new(MyGreeter);
}

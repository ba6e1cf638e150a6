use std::pin::Pin;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tonic::codegen::tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};
use vestibule::interceptor;

pub struct MyGreeter;

#[interceptor]
impl Greeter for MyGreeter {
    type LotsOfRepliesStream = Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;
    type BidiHelloStream = Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(&self, _request: HelloRequest) -> Result<Response<Self::LotsOfRepliesStream>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn lots_of_greetings(&self, _request: Request<Streaming<HelloRequest>>) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented(""))
    }

    async fn bidi_hello(
        &self,
        _request: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<Self::BidiHelloStream>, Status> {
        Err(Status::unimplemented(""))
    }
}

fn main() {
    GreeterServer::new(MyGreeter);
}

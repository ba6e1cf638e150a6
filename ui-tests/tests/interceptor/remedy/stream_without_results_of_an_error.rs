use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tonic::codegen::tokio_stream::{self, Stream};
use vestibule::{Status, Streaming, grpc_error, interceptor};

#[grpc_error]
#[derive(Debug)]
pub enum GreetError {
    #[status(NotFound, message = "nobody is here")]
    Nobody,
}

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor]
impl Greeter for MyGreeter {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(&self, _request: HelloRequest) -> Result<impl Stream<Item = Result<HelloResponse, GreetError>>, GreetError> {
        Ok(tokio_stream::empty())
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented(""))
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }
}

fn main() {
    GreeterServer::new(MyGreeter);
}

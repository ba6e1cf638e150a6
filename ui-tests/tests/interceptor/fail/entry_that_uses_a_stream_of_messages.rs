use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use vestibule::{Status, Streaming, interceptor};

#[interceptor]
async fn check(_requests: &Streaming<HelloRequest>) -> Result<(), Status> {
    Ok(())
}

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor]
impl Greeter for MyGreeter {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter([Ok(HelloResponse { reply: request.name })]))
    }

    #[interceptor(check(&requests))]
    async fn lots_of_greetings(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        drop(requests);
        Ok(HelloResponse::default())
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        drop(requests);
        Ok(tokio_stream::empty())
    }
}

fn main() {
    GreeterServer::new(MyGreeter);
}

use std::rc::Rc;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use vestibule::{Rest, Status, Streaming, interceptor};

#[derive(Clone)]
pub struct Service(Rc<str>);

#[interceptor]
async fn wraps(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

#[interceptor(wraps())]
impl Greeter for Service {
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: self.0.to_string() })
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Ok(HelloResponse::default())
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }
}

fn main() {
    GreeterServer::new(Service(Rc::from("hello")));
}

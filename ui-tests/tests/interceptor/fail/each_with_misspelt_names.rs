use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use vestibule::{Status, Streaming, interceptor, public};

#[derive(Clone)]
struct MyGreeter;

#[interceptor(audit = public(), each(access, audits))]
impl Greeter for MyGreeter {
    #[interceptor(acess = public())]
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
    }

    // There is no such entry to skip.
    #[skip(access)]
    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }

    #[interceptor(r#access = public())]
    async fn lots_of_greetings(&self, _: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Ok(HelloResponse::default())
    }

    #[interceptor(access = public())]
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

//! Ten mistakes in the lists of one impl, each with one error.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use vestibule::{MethodInfo, Shape, Status, Streaming, interceptor, out_of_order, public};

const BIDI: &MethodInfo = &MethodInfo::new("/hello.Greeter/BidiHello", Shape::Bidirectional);

#[interceptor(phase = Observe)]
async fn log() -> Result<(), Status> {
    Ok(())
}

#[interceptor]
async fn count() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Authenticate)]
async fn authenticate() -> Result<String, Status> {
    Ok(String::new())
}

#[interceptor(phase = Authorize)]
async fn member(_caller: &str) -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Validate)]
async fn named(_request: &HelloRequest) -> Result<(), Status> {
    Ok(())
}

#[derive(Clone)]
struct MyGreeter;

#[interceptor(log = log(), caller = authenticate(), each(access, audit), out_of_order("costs nothing", public()))]
impl Greeter for MyGreeter {
    #[interceptor(access = member(caller), audit = public(), count(), named(&request))]
    async fn say_hello(&self, request: HelloRequest, caller: &String) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name + caller })
    }

    #[interceptor(access = public(), audit = public())]
    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }

    #[interceptor(access = member(caller), audit = public())]
    async fn lots_of_greetings(&self, _: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Ok(HelloResponse::default())
    }

    #[interceptor(access = member(caller), audit = public())]
    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }
}

fn main() {
    let _ = BIDI;
    GreeterServer::new(MyGreeter);
}

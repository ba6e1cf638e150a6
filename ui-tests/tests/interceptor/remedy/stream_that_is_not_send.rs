use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use std::sync::Arc;
use tonic::codegen::tokio_stream::{self, Stream, StreamExt};
use vestibule::{Status, interceptor};

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor(check())]
#[rpc(default_stubs)]
impl Greeter for MyGreeter {
    async fn lots_of_replies(&self, _request: HelloRequest) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let name = Arc::new("a".to_owned());
        Ok(tokio_stream::iter(0..3).map(move |_| Ok(HelloResponse { reply: name.to_string() })))
    }
}

#[interceptor]
async fn check() -> Result<(), Status> {
    Ok(())
}

fn main() {
    GreeterServer::new(MyGreeter);
}

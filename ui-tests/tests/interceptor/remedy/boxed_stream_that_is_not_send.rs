use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use std::pin::Pin;
use tonic::codegen::tokio_stream::{self, Stream};
use vestibule::{Status, interceptor};

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor(check())]
#[rpc(default_stubs)]
impl Greeter for MyGreeter {
    async fn lots_of_replies(&self, _request: HelloRequest) -> Result<Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>, Status> {
        Ok(Box::pin(tokio_stream::empty()))
    }
}

#[interceptor]
async fn check() -> Result<(), Status> {
    Ok(())
}

fn main() {
    GreeterServer::new(MyGreeter);
}

use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use std::sync::Arc;
use vestibule::{Status, interceptor};

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor(check())]
#[rpc(default_stubs)]
impl Greeter for MyGreeter {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        let name = Arc::new(request.name);
        std::future::ready(()).await;
        Ok(HelloResponse { reply: name.to_string() })
    }
}

#[interceptor]
async fn check() -> Result<(), Status> {
    Ok(())
}

fn main() {
    GreeterServer::new(MyGreeter);
}

use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use vestibule::{Status, interceptor};

pub struct MyGreeter;

#[interceptor]
#[rpc(default_stubs, unimplemented(lots_of_replies, bidi_hello))]
impl Greeter for MyGreeter {
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse::default())
    }
}

fn main() {
    GreeterServer::new(MyGreeter);
}

use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use proto::library::options::ROLES;
use vestibule::{Status, interceptor, public};

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor(access = public(), each(access: ROLES))]
#[rpc(default_stubs)]
impl Greeter for MyGreeter {
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse::default())
    }
}

fn main() {
    GreeterServer::new(MyGreeter);
}

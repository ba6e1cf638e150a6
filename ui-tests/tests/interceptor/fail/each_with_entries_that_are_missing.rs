use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use vestibule::{Status, Streaming, interceptor, public};

#[interceptor]
async fn role(_role: &str) -> Result<(), Status> {
    Ok(())
}

#[interceptor]
async fn audit() -> Result<(), Status> {
    Ok(())
}

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor(log = audit(), each(access, quota))]
impl Greeter for MyGreeter {
    #[interceptor(access = public())]
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse::default())
    }

    #[interceptor(access = role("reader"), quota = audit())]
    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<Streaming<HelloResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    #[interceptor(quota = audit())]
    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Ok(HelloResponse::default())
    }

    async fn bidi_hello(&self, _requests: Streaming<HelloRequest>) -> Result<Streaming<HelloResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}

fn main() {
    GreeterServer::new(MyGreeter);
}

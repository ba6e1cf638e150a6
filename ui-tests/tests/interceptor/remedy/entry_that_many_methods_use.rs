use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use vestibule::{Status, Streaming, interceptor};

pub struct Caller;

#[interceptor]
async fn authenticate() -> Result<Caller, Status> {
    Ok(Caller)
}

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor(caller = authenticate())]
impl Greeter for MyGreeter {
    async fn say_hello(&self, _request: HelloRequest, caller: &Caller) -> Result<HelloResponse, Status> {
        let _ = caller;
        Ok(HelloResponse::default())
    }

    #[interceptor(other = by_certificate())]
    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
        _caller: &Caller,
        other: &Caller,
    ) -> Result<Streaming<HelloResponse>, Status> {
        let _ = other;
        Err(Status::unimplemented(""))
    }

    async fn lots_of_greetings(
        &self,
        _requests: Streaming<HelloRequest>,
        caller: &Caller,
    ) -> Result<HelloResponse, Status> {
        let _ = caller;
        Ok(HelloResponse::default())
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
        caller: &Caller,
    ) -> Result<Streaming<HelloResponse>, Status> {
        let _ = caller;
        Err(Status::unimplemented(""))
    }
}

#[interceptor]
async fn by_certificate() -> Result<Caller, Status> {
    Ok(Caller)
}

fn main() {
    GreeterServer::new(MyGreeter);
}

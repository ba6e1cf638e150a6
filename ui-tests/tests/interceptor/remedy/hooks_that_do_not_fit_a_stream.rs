use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tonic::codegen::tokio_stream::{self, Stream};
use vestibule::{Call, Hooks, Interceptor, Method, Rest, Status, Streaming, interceptor};

/// These hooks are for the messages of another service.
struct Counted;

impl Interceptor for Counted {
    type Provides = ();
    type Hooks = Self;

    async fn start(&self, _call: &Call) -> Result<((), Self), Status> {
        Ok(((), Counted))
    }
}

impl<M: Method> Hooks<M> for Counted {}

#[interceptor]
async fn log(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

#[derive(Clone)]
struct MyGreeter;

#[interceptor]
impl Greeter for MyGreeter {
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented(""))
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }

    #[interceptor(Counted, outer = log(), inner = log())]
    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented(""))
    }

    #[interceptor(outer = log(), Counted, inner = log())]
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

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use vestibule::{Call, Hooks, Interceptor, Method, Status, Streaming, interceptor};

struct Checked;

impl Interceptor for Checked {
    type Provides = ();
    type Hooks = Checked;

    async fn start(&self, _call: &Call) -> Result<((), Checked), Status> {
        Ok(((), Checked))
    }
}

impl<M: Method<Request = HelloRequest>> Hooks<M> for Checked {
    fn on_request(&mut self, request: &mut HelloRequest) -> Result<(), Status> {
        if request.name.is_empty() { Err(Status::invalid_argument("no name")) } else { Ok(()) }
    }
}

#[derive(Clone)]
pub struct MyGreeter;

#[interceptor]
impl Greeter for MyGreeter {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter([Ok(HelloResponse { reply: request.name })]))
    }

    #[interceptor(Checked)]
    async fn lots_of_greetings(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        drop(requests);
        Ok(HelloResponse::default())
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        drop(requests);
        Ok(tokio_stream::empty())
    }
}

fn main() {
    GreeterServer::new(MyGreeter);
}

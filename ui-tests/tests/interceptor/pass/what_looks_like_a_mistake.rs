//! The macros accept code that only looks like a mistake.

use std::pin::Pin;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use vestibule::{Call, Interceptor, Mount, Status, Streaming, interceptor};

/// An alias that contains the `Result`, as in tonic's examples.
type ResponseStream<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// This type does not borrow: the lifetime belongs to each call of the function.
#[derive(Clone)]
pub struct Service<F>(F);

pub struct Limit<'a>(&'a u32);

impl Interceptor for Limit<'_> {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        if *self.0 > 0 { Ok(((), ())) } else { Err(Status::resource_exhausted("")) }
    }
}

pub struct Limits<'a> {
    all: &'a [u32],
}

impl Interceptor for Limits<'_> {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        if self.all.is_empty() { Err(Status::resource_exhausted("")) } else { Ok(((), ())) }
    }
}

#[interceptor]
async fn limit(_most: u32) -> Result<(), Status> {
    Ok(())
}

/// A type of the user's that has the name of an extractor. Its path shows the difference.
mod net {
    #[derive(Clone)]
    pub struct RemoteAddr(pub &'static str);
}

#[interceptor]
async fn allow(addr: net::RemoteAddr) -> Result<(), Status> {
    let _ = addr.0;
    Ok(())
}

// A variable of the list has the name of the message, and an entry refers to temporary values.
#[interceptor(
    allow(net::RemoteAddr("10.0.0.1")),
    limit({ let request = 4; request * 2 }),
    Limit(&u32::from_str_radix("8", 10).unwrap_or(1)),
    Limits { all: &[u32::from_str_radix("8", 10).unwrap_or(1)] },
)]
impl Greeter for Service<for<'a> fn(&'a str)> {
    type LotsOfRepliesStream = ResponseStream<HelloResponse>;

    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        (self.0)(&request.name);
        Ok(HelloResponse::default())
    }

    async fn lots_of_replies(&self, _request: HelloRequest) -> Result<Self::LotsOfRepliesStream, Status> {
        Err(Status::unimplemented(""))
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Ok(HelloResponse::default())
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<ResponseStream<HelloResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    type BidiHelloStream = ResponseStream<HelloResponse>;
}

fn main() {
    let service: Service<for<'a> fn(&'a str)> = Service(|_| {});
    GreeterServer::new(service.clone());
    let _ = Mount::new(service);
}

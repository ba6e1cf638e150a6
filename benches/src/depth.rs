//! Handlers that nest `async fn`s deeply, behind a list of ten interceptors. The crate does not build if such a list takes too
//! much of rustc's depth limit. Only a release build shows this, because a debug build boxes the future of a handler.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use vestibule::{Mount, Rest, Status, Streaming, interceptor};

/// Defines `async fn`s, each of which calls the next.
macro_rules! nested {
    ($innermost:ident) => {
        async fn $innermost(text: String) -> String {
            tokio::task::yield_now().await;
            text
        }
    };
    ($outer:ident $inner:ident $($more:ident)*) => {
        async fn $outer(text: String) -> String {
            $inner(text).await
        }
        nested!($inner $($more)*);
    };
}

// Without interceptors, rustc 1.95 builds 29.
nested!(a b c d e f g h i j k l m n o p q r s t u v w x y);

#[interceptor]
async fn wraps(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

#[derive(Clone)]
struct Deep;

#[interceptor(
    e1 = wraps(), e2 = wraps(), e3 = wraps(), e4 = wraps(), e5 = wraps(), e6 = wraps(),
    e7 = wraps(), e8 = wraps(), e9 = wraps(), e10 = wraps(),
)]
impl Greeter for Deep {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: a(request.name).await })
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(Ok(HelloResponse { reply: a(request.name).await })))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut names = String::new();
        while let Some(request) = requests.message().await? {
            names += &a(request.name).await;
        }
        Ok(HelloResponse { reply: names })
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.then(async |request| Ok(HelloResponse { reply: a(request?.name).await })))
    }
}

/// Makes the generated server and a mount of the service, so that its futures are compiled.
pub fn servers() -> (GreeterServer<impl Greeter>, impl Clone) {
    (GreeterServer::new(Deep), Mount::new(Deep))
}

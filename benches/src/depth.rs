//! Handlers that nest `async fn`s deeply behind a list of ten. If the list takes more of rustc's depth limit than it may, this
//! does not build. It stands here because a debug build would not tell: it boxes what a handler holds.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use vestibule::{Mount, Rest, Status, Streaming, interceptor};

/// The `async fn`s `$outer`, which calls the one after it, and so on.
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

// Below a method of tonic's trait alone, rustc 1.95 bears 29.
nested!(a b c d e f g h i j k l m n o p q r s t u v w x y);

#[interceptor]
async fn wraps(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

#[derive(Clone)]
struct Deep;

#[interceptor(wraps(), wraps(), wraps(), wraps(), wraps(), wraps(), wraps(), wraps(), wraps(), wraps())]
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

/// Makes both servers of the service, so that its futures are compiled.
pub fn servers() -> (GreeterServer<impl Greeter>, impl Clone) {
    (GreeterServer::new(Deep), Mount::new(Deep))
}

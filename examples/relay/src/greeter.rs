//! The greeter that the relay calls. It has no chain. It is moody: one of three calls fails, and one
//! name makes it slow.

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use proto::hello::greeter_server::Greeter;
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};

/// This service is written for tonic alone.
#[derive(Debug, Default)]
pub(crate) struct Moody {
    calls: AtomicU32,
}

type Replies = Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

impl Moody {
    async fn reply(&self, request: &Request<HelloRequest>) -> Result<HelloResponse, Status> {
        let token = request.metadata().get("authorization").and_then(|token| token.to_str().ok());
        if token != Some("Bearer for-the-relay") {
            return Err(Status::unauthenticated("only the relay may ask"));
        }
        let name = &request.get_ref().name;
        if name == "sloth" {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        if !self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(3) {
            return Ok(HelloResponse { reply: format!("hello {name}") });
        }
        Err(Status::unavailable("not in the mood"))
    }
}

#[tonic::async_trait]
impl Greeter for Moody {
    type LotsOfRepliesStream = Replies;
    type BidiHelloStream = Replies;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        self.reply(&request).await.map(Response::new)
    }

    async fn lots_of_replies(&self, request: Request<HelloRequest>) -> Result<Response<Replies>, Status> {
        let reply = self.reply(&request).await?;
        Ok(Response::new(Box::pin(tokio_stream::iter([Ok(reply.clone()), Ok(reply)]))))
    }

    async fn lots_of_greetings(
        &self,
        _requests: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<HelloResponse>, Status> {
        Err(Status::unimplemented("one at a time, please"))
    }

    async fn bidi_hello(
        &self,
        _requests: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<Replies>, Status> {
        Err(Status::unimplemented("one at a time, please"))
    }
}

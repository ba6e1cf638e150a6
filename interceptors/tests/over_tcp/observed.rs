//! A service that an interceptor observes, and that ends its calls as the client asks.

use std::sync::Arc;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::Notify;
use tokio_stream::Stream;
use vestibule::{Call, Hooks, Interceptor, Rpc, Status, Streaming, interceptor};
use vestibule_interceptors::Deadline;

use super::ended_calls::{SECRET, act, last_reply, replies, reply_to_each};

/// A service behind an observer. The name in a request says how the call goes on: `fail`, `panic`, and so on, or well.
#[derive(Clone)]
pub(crate) struct Observed<I> {
    pub(crate) observer: I,
    /// Is notified when a call hangs whose client is to go away.
    pub(crate) hanging: Arc<Notify>,
}

impl<I> Observed<I> {
    pub(crate) fn new(observer: I) -> Self {
        Self { observer, hanging: Arc::default() }
    }
}

/// Rejects a call with the metadata `x-refuse`.
#[interceptor]
async fn refuse(call: &Call) -> Result<(), Status> {
    match call.metadata().get("x-refuse") {
        Some(_) => Err(Status::unauthenticated(SECRET)),
        None => Ok(()),
    }
}

#[interceptor(&self.observer, Deadline::new(), refuse())]
impl<I> Greeter for Observed<I>
where
    I: Interceptor<Provides: 'static, Hooks: Hooks<Rpc<HelloRequest, HelloResponse>>> + Clone + 'static,
{
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        act(request.name, &self.hanging).await
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(replies(request.name, &self.hanging))
    }

    async fn lots_of_greetings(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        last_reply(requests, &self.hanging).await
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(reply_to_each(requests, &self.hanging))
    }
}

pub(crate) const METHODS: [&str; 4] =
    ["pb.Greeter/SayHello", "pb.Greeter/LotsOfReplies", "pb.Greeter/LotsOfGreetings", "pb.Greeter/BidiHello"];

//! A service that an interceptor observes, and that ends its calls as the client asks.

use std::sync::Arc;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::Notify;
use tokio_stream::{Stream, StreamExt};
use vestibule::{Call, Hooks, Interceptor, Rpc, Status, Streaming, interceptor};
use vestibule_interceptors::Deadline;

use super::ended_calls::{SECRET, act};
use super::slow::reply;

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

    async fn act(&self, name: String) -> Result<HelloResponse, Status> {
        act(name, &self.hanging).await
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
        self.act(request.name).await
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let messages = ["first".to_owned(), "second".to_owned(), request.name];
        Ok(tokio_stream::iter(messages).then(|name| self.act(name)))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut last = reply("none");
        while let Some(request) = requests.message().await? {
            last = self.act(request.name).await?;
        }
        Ok(last)
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.then(|request| async { self.act(request?.name).await }))
    }
}

pub(crate) const METHODS: [&str; 4] =
    ["pb.Greeter/SayHello", "pb.Greeter/LotsOfReplies", "pb.Greeter/LotsOfGreetings", "pb.Greeter/BidiHello"];

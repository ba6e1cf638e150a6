//! A greeter in all shapes that traces its calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http_body_util::StreamBody;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use vestibule::{Call, Rest, Status, Streaming, interceptor};

use super::tracer::{Traced, Tracer};

/// Does in each shape what its message says, between two interceptors that trace.
#[derive(Clone, Default)]
pub(crate) struct Traceable {
    pub(crate) tracer: Tracer,
    /// Counts the uploads that it took for complete.
    pub(crate) committed: Arc<AtomicUsize>,
}

pub(crate) fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

#[interceptor]
async fn costs(call: &Call, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    call.trailers().insert("x-cost", "3".parse().unwrap());
    result
}

#[interceptor(Traced("A", &self.tracer), Traced("B", &self.tracer), costs())]
impl Greeter for Traceable {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        self.tracer.async_event("H").await?;
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.tracer.async_event("H").await?;
        let forever = request.name == "forever";
        let responses =
            tokio_stream::iter(request.name.split(' ').map(|name| Ok(reply(name))).collect::<Vec<_>>());
        let rest = tokio_stream::pending().take(if forever { 1 } else { 0 });
        Ok(responses.chain(rest))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        self.tracer.async_event("H").await?;
        let mut names = Vec::new();
        while let Some(request) = requests.message().await? {
            names.push(request.name);
        }
        self.committed.fetch_add(1, Ordering::SeqCst);
        Ok(reply(names.join(" ")))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.tracer.async_event("H").await?;
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

/// The body of a client that has sent its headers, and sends nothing more.
pub(crate) fn silence() -> Body {
    Body::new(StreamBody::new(tokio_stream::pending::<Result<http_body::Frame<Bytes>, Status>>()))
}

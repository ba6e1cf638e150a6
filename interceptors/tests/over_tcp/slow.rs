//! A service that hangs, behind `Deadline` and `InFlight`.

use std::sync::Arc;
use std::time::Duration;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::Notify;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response};
use vestibule::extract::CallDeadline;
use vestibule::{Code, Status, Streaming, interceptor};
use vestibule_interceptors::{Deadline, InFlight};

pub(crate) fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

/// Hangs in unary methods, and in streams after the first response.
#[derive(Clone)]
pub(crate) struct Slow {
    pub(crate) deadline: Deadline,
    pub(crate) in_flight: InFlight,
    pub(crate) hanging: Arc<Notify>,
}

impl Slow {
    pub(crate) fn new(deadline: Deadline, in_flight: InFlight) -> Self {
        Self { deadline, in_flight, hanging: Arc::default() }
    }

    pub(crate) async fn hang(&self) {
        self.hanging.notify_one();
        std::future::pending::<()>().await;
    }
}

#[interceptor(self.deadline, &self.in_flight)]
impl Greeter for Slow {
    async fn say_hello(
        &self,
        request: HelloRequest,
        deadline: CallDeadline,
    ) -> Result<HelloResponse, Status> {
        if request.name == "left" {
            let left = deadline.remaining().map_or(0, |left| left.as_secs_f64().round() as u64);
            return Ok(reply(left.to_string()));
        }
        self.hang().await;
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let first = tokio_stream::once(Ok(reply("first")));
        Ok(first.chain(tokio_stream::once(()).then(|()| async {
            self.hang().await;
            Ok(reply("second"))
        })))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        while requests.message().await?.is_some() {}
        Ok(reply("all"))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

pub(crate) fn with_timeout<T>(message: T, timeout: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(timeout);
    request
}

pub(crate) fn assert_exceeded<T>(result: Result<Response<T>, Status>) {
    let status = result.map(drop).expect_err("it hangs");
    assert_eq!((status.code(), status.message()), (Code::DeadlineExceeded, "deadline exceeded"));
}

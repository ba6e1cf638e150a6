//! The service: the interceptors of each rpc, and the greetings.

use std::time::Duration;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use vestibule::{Mount, Status, Streaming, interceptor};
use vestibule_interceptors::{AccessLog, Deadline, InFlight, RateLimit, Recover};

use crate::auth::{Token, authenticate};
use crate::closing::{Closing, until_closing};
use crate::quota::{once_a_day, quota};
use crate::response_metadata::{location, timestamp};
use crate::words::{self, Greeting};

/// The longest time that a single hello may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Greets the clients that have the token.
///
/// A stream goes on after its method has returned, so it holds a clone of the service. Clones share
/// their limits and their quota.
#[derive(Clone, Debug)]
pub struct MyGreeter {
    token: Token,
    calls: InFlight,
    streams: InFlight,
    quota: Option<RateLimit>,
    closing: Closing,
}

impl MyGreeter {
    /// Makes a greeter that accepts so many single calls and so many streams at a time.
    ///
    /// They have a limit each, because a chat lasts for hours and must not block a hello.
    #[must_use]
    pub fn new(token: Token, calls: u32, streams: u32) -> Self {
        let [calls, streams] = [calls, streams].map(|limit| InFlight::new(limit as usize));
        Self { token, calls, streams, quota: Some(quota()), closing: Closing::default() }
    }

    /// Turns the quota off: a name may be greeted any number of times.
    #[must_use]
    pub fn without_quota(self) -> Self {
        Self { quota: None, ..self }
    }

    /// Returns the signal that ends long calls before the server shuts down.
    #[must_use]
    pub fn closing(&self) -> &Closing {
        &self.closing
    }

    /// Mounts the greeter, so that its chain rejects a call before the body is read.
    #[must_use]
    pub fn into_service(self) -> Mount<Self, GreeterServer<()>> {
        Mount::new(self)
    }
}

#[interceptor(
    Recover::new(), AccessLog::server(), location(), access = authenticate(&self.token), each(access)
)]
impl Greeter for MyGreeter {
    #[interceptor(
        Deadline::at_most(PATIENCE),
        &self.calls,
        timestamp(),
        once_a_day(&request.name, self.quota.as_ref())
    )]
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(reply(words::hello(&request.name)))
    }

    #[interceptor(Deadline::new(), &self.streams, timestamp())]
    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(words::hellos(&request.name)).map(|hello| Ok(reply(hello))))
    }

    #[interceptor(Deadline::new(), &self.streams, until_closing(&self.closing))]
    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut greeting = Greeting::default();
        while let Some(request) = requests.message().await? {
            greeting.add(&request.name)?;
        }
        Ok(reply(greeting.into_text()))
    }

    #[interceptor(Deadline::new(), &self.streams, timestamp(), until_closing(&self.closing))]
    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(words::answer(&request?.name)))))
    }
}

fn reply(reply: String) -> HelloResponse {
    HelloResponse { reply }
}

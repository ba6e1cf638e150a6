//! A server that fails as it is told to, and clients that retry.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Streaming};
use vestibule::{Client, Code, Status, client};
use vestibule_interceptors::Retry;

use crate::support::serve;

/// The behaviour of the server in one of its next calls. After those, all calls go well.
#[derive(Clone)]
pub(crate) enum Act {
    Fail(Code),
    PushBack(&'static str),
    /// Fails when the response has begun.
    FailInTheMidst,
    HangInTheMidst,
    Hang,
}

/// The metadata and the message of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) name: String,
    pub(crate) previous: Option<String>,
    pub(crate) tenant: Option<String>,
}

#[derive(Clone, Default)]
pub(crate) struct Server {
    pub(crate) acts: Arc<Mutex<VecDeque<Act>>>,
    pub(crate) attempts: Arc<Mutex<Vec<Attempt>>>,
}

pub(crate) type Replies = std::pin::Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

pub(crate) fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

impl Server {
    pub(crate) fn new(acts: impl IntoIterator<Item = Act>) -> Self {
        Self { acts: Arc::new(Mutex::new(acts.into_iter().collect())), ..Self::default() }
    }

    /// Notes an attempt, and fails if the next act says so. Returns acts that concern the middle of the response.
    pub(crate) async fn act<T>(&self, request: &Request<T>, name: String) -> Result<Option<Act>, Status> {
        let text = |key| request.metadata().get(key).map(|value| value.to_str().unwrap().to_owned());
        let (previous, tenant) = (text("grpc-previous-rpc-attempts"), text("x-tenant"));
        self.attempts.lock().unwrap().push(Attempt { name, previous, tenant });
        let act = self.acts.lock().unwrap().pop_front();
        match act {
            Some(Act::Fail(code)) => Err(Status::new(code, "not now")),
            Some(Act::PushBack(pushback)) => {
                let mut status = Status::unavailable("later");
                status.metadata_mut().insert("grpc-retry-pushback-ms", pushback.parse().unwrap());
                Err(status)
            }
            Some(Act::Hang) => std::future::pending().await,
            later => Ok(later),
        }
    }

    pub(crate) fn attempts(&self) -> usize {
        self.attempts.lock().unwrap().len()
    }
}

#[tonic::async_trait]
impl Greeter for Server {
    type LotsOfRepliesStream = Replies;
    type BidiHelloStream = Replies;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        self.act(&request, request.get_ref().name.clone()).await?;
        Ok(Response::new(reply(request.into_inner().name)))
    }

    async fn lots_of_replies(&self, request: Request<HelloRequest>) -> Result<Response<Replies>, Status> {
        let first = tokio_stream::once(Ok(reply("a")));
        Ok(Response::new(match self.act(&request, request.get_ref().name.clone()).await? {
            None => Box::pin(first),
            Some(Act::HangInTheMidst) => Box::pin(first.chain(tokio_stream::pending())),
            Some(_) => Box::pin(first.chain(tokio_stream::once(Err(Status::unavailable("not any more"))))),
        }))
    }

    async fn lots_of_greetings(
        &self,
        request: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<HelloResponse>, Status> {
        self.act(&request, String::new()).await?;
        let mut requests = request.into_inner();
        let mut names = Vec::new();
        while let Some(request) = requests.message().await? {
            names.push(request.name);
        }
        Ok(Response::new(reply(names.join(" "))))
    }

    async fn bidi_hello(
        &self,
        request: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<Replies>, Status> {
        self.act(&request, String::new()).await?;
        Ok(Response::new(Box::pin(tokio_stream::empty())))
    }
}

pub(crate) fn channel(addr: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{addr}")).unwrap().connect_lazy()
}

/// Returns a `Retry` that waits for a few milliseconds.
pub(crate) fn retry(max_attempts: u32) -> Retry {
    Retry::new(max_attempts).backoff(Duration::from_millis(1), Duration::from_millis(2))
}

pub(crate) async fn connect(server: &Server, retry: Retry) -> GreeterClient<Client<Channel>> {
    GreeterClient::new(client(channel(serve(GreeterServer::new(server.clone())).await), (retry,)))
}

pub(crate) const UNAVAILABLE: Act = Act::Fail(Code::Unavailable);

//! A server that traces its calls, and clients of it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::oneshot;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response};
use vestibule::{Call, Client, Code, Status, Streaming, client, interceptor};

use crate::support::tracer::{Traced, Tracer};
use crate::support::{hello, serve, surely};

/// Responds with the name and the tenant of the request.
#[derive(Clone, Default)]
pub(crate) struct Server {
    pub(crate) tracer: Tracer,
    /// Holds the `grpc-timeout` of each call.
    pub(crate) timeouts: Arc<Mutex<Vec<Option<Duration>>>>,
}

pub(crate) fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

#[interceptor]
pub(crate) async fn note_timeout(timeouts: &Mutex<Vec<Option<Duration>>>, call: &Call) -> Result<(), Status> {
    let timeout = call.deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()));
    timeouts.lock().unwrap().push(timeout);
    Ok(())
}

#[interceptor(note_timeout(&self.timeouts))]
impl Greeter for Server {
    async fn say_hello(
        &self,
        request: Request<HelloRequest>,
        #[metadata("x-tenant")] tenant: Option<String>,
    ) -> Result<Response<HelloResponse>, Status> {
        self.tracer.async_event("H").await?;
        let name = request.into_inner().name;
        Ok(Response::new(reply(name + tenant.as_deref().unwrap_or(""))))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.tracer.async_event("H").await?;
        let end = match &*request.name {
            "fail" => Some(Err(Status::data_loss("lost"))),
            _ => None,
        };
        let is_endless = request.name == "forever";
        let names: Vec<_> = request.name.split(' ').map(|name| Ok(reply(name))).chain(end).collect();
        let rest = tokio_stream::pending().take(usize::from(is_endless));
        Ok(tokio_stream::iter(names).chain(rest))
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

pub(crate) fn channel(addr: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{addr}")).unwrap().connect_lazy()
}

/// Returns a client whose chain traces. Its server writes into the same trace when its handler runs.
pub(crate) async fn traced(tracer: &Tracer) -> GreeterClient<Client<Channel>> {
    let server = Server { tracer: tracer.clone(), ..Server::default() };
    let addr = serve(GreeterServer::new(server)).await;
    GreeterClient::new(client(channel(addr), (Traced("A", tracer.clone()), Traced("B", tracer.clone()))))
}

pub(crate) fn names() -> impl Stream<Item = HelloRequest> {
    tokio_stream::iter(["a", "b"].map(hello))
}

pub(crate) fn code_and_message(status: &Status) -> (Code, &str) {
    (status.code(), status.message())
}

/// Returns all that a stream yields: names, and the codes and messages of errors.
pub(crate) async fn items(stream: tonic::Streaming<HelloResponse>) -> Vec<Result<String, (Code, String)>> {
    let items = stream.map(|item| match item {
        Ok(reply) => Ok(reply.reply),
        Err(status) => Err((status.code(), status.message().to_owned())),
    });
    surely(items.collect()).await
}

/// Serves in a runtime of its own, which ends when the sender is dropped.
pub(crate) async fn serve_until(gone: oneshot::Receiver<()>) -> SocketAddr {
    let (sender, addr) = oneshot::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            sender.send(serve(GreeterServer::new(Server::default())).await).unwrap();
            let _ = gone.await;
        });
        runtime.shutdown_background();
    });
    addr.await.unwrap()
}

pub(crate) fn in_time<T>(message: T, timeout: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(timeout);
    request
}

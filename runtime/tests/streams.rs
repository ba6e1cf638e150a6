//! What streams may look like, and that neither direction waits for the other.

mod support;

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::{hello_arc, hello_stubs};
use support::{connect_greeter, hello, replies, serve, serve_by, served};
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response};
use vestibule::{Call, Code, Hooks, Interceptor, Method, Rest, Status, Streaming, grpc_error, interceptor};

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

/// Adds an exclamation mark to every message, in both directions.
struct Loud;

trait Text {
    fn text(&mut self) -> &mut String;
}

impl Text for HelloRequest {
    fn text(&mut self) -> &mut String {
        &mut self.name
    }
}

impl Text for HelloResponse {
    fn text(&mut self) -> &mut String {
        &mut self.reply
    }
}

impl Interceptor for Loud {
    type Provides = &'static str;
    type Hooks = Loud;

    async fn start(&self, _call: &Call) -> Result<(&'static str, Loud), Status> {
        Ok(("loud", Loud))
    }
}

impl<M: Method<Request: Text, Response: Text>> Hooks<M> for Loud {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        message.text().push('!');
        Ok(())
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        message.text().push('?');
        Ok(())
    }
}

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("{0} is not greeted")]
#[status(PermissionDenied)]
struct Unwelcome(String);

/// Our streams and errors, bare messages, what is borrowed for the whole life of the call.
#[derive(Clone)]
struct Modern {
    greeting: String,
}

#[interceptor(loud = Loud)]
impl Greeter for Modern {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Unwelcome> {
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
        loud: &&'static str,
        #[metadata("x-tenant")] tenant: Option<&str>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Unwelcome>>, Unwelcome> {
        let names = tokio_stream::iter(["a", "b", "mallory", "c"]);
        Ok(names.map(move |name| match name {
            "mallory" => Err(Unwelcome(name.to_owned())),
            _ => Ok(reply(format!("{} {} {name} {loud} {tenant:?}", self.greeting, request.name))),
        }))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut names = String::new();
        while let Some(request) = requests.message().await? {
            names.push_str(&request.name);
        }
        assert!(requests.trailers().await?.is_none());
        assert!(requests.message().await?.is_none());
        Ok(reply(names))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<Response<impl Stream<Item = Result<HelloResponse, Status>> + Send + 'static>, Status> {
        let mut response = Response::new(requests.map(|request| Ok(reply(request?.name))));
        response.metadata_mut().insert("x-handler", "here".parse().unwrap());
        Ok(response)
    }
}

/// tonic's own signatures, as an existing service has them.
#[derive(Clone)]
struct Classic;

#[interceptor(Loud)]
#[tonic::async_trait]
impl Greeter for Classic {
    type LotsOfRepliesStream = ReceiverStream<Result<HelloResponse, Status>>;
    type BidiHelloStream = Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        Ok(Response::new(reply(request.into_inner().name)))
    }

    async fn lots_of_replies(
        &self,
        request: Request<HelloRequest>,
    ) -> Result<Response<Self::LotsOfRepliesStream>, Status> {
        let (sender, receiver) = mpsc::channel(1);
        let name = request.into_inner().name;
        tokio::spawn(async move {
            for n in 1..=2 {
                let _ = sender.send(Ok(reply(format!("{name}{n}")))).await;
            }
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }

    async fn lots_of_greetings(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<Response<HelloResponse>, Status> {
        let tenant =
            request.metadata().get("x-tenant").map_or("none", |tenant| tenant.to_str().unwrap()).to_owned();
        let mut requests = request.into_inner();
        let mut names = tenant;
        while let Some(request) = requests.message().await? {
            names.push_str(&request.name);
        }
        assert!(requests.trailers().await?.is_none());
        Ok(Response::new(reply(names)))
    }

    async fn bidi_hello(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<Response<Self::BidiHelloStream>, Status> {
        let replies = request.into_inner().map(|request| Ok(reply(request?.name)));
        Ok(Response::new(Box::pin(replies) as Self::BidiHelloStream))
    }
}

/// Not `Clone`, and it need not be.
struct ArcSelf {
    greeting: String,
}

#[interceptor(check_greeting(&self.greeting))]
impl hello_arc::greeter_server::Greeter for ArcSelf {
    async fn say_hello(
        self: Arc<Self>,
        request: hello_arc::HelloRequest,
    ) -> Result<hello_arc::HelloResponse, Status> {
        Ok(hello_arc::HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        self: Arc<Self>,
        request: hello_arc::HelloRequest,
    ) -> Result<ReceiverStream<Result<hello_arc::HelloResponse, Status>>, Status> {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            let reply = format!("{} {}", self.greeting, request.name);
            let _ = sender.send(Ok(hello_arc::HelloResponse { reply })).await;
        });
        Ok(ReceiverStream::new(receiver))
    }

    async fn lots_of_greetings(
        self: Arc<Self>,
        _requests: Streaming<hello_arc::HelloRequest>,
    ) -> Result<hello_arc::HelloResponse, Status> {
        Err(Status::unimplemented("not here"))
    }

    async fn bidi_hello(
        self: Arc<Self>,
        requests: Streaming<hello_arc::HelloRequest>,
    ) -> Result<impl Stream<Item = Result<hello_arc::HelloResponse, Status>>, Status> {
        Ok(requests.map(move |request| {
            Ok(hello_arc::HelloResponse { reply: format!("{} {}", self.greeting, request?.name) })
        }))
    }
}

#[interceptor]
async fn check_greeting(greeting: &str) -> Result<(), Status> {
    if greeting.is_empty() { Err(Status::internal("no greeting")) } else { Ok(()) }
}

#[derive(Clone)]
struct Stubs;

#[interceptor]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Stubs {
    async fn lots_of_replies(
        &self,
        request: hello_stubs::HelloRequest,
    ) -> Result<impl Stream<Item = Result<hello_stubs::HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(Ok(hello_stubs::HelloResponse { reply: request.name })))
    }
}

#[tokio::test]
async fn our_own_forms() {
    let service = Modern { greeting: "hi".to_owned() };
    let mut client = connect_greeter(served!(GreeterServer::new(service))).await;
    let mut request = Request::new(hello("x"));
    request.metadata_mut().insert("x-tenant", "blue".parse().unwrap());
    let (received, end) = replies(client.lots_of_replies(request).await).await;
    assert_eq!(received, ["hi x! a loud Some(\"blue\")?", "hi x! b loud Some(\"blue\")?"]);
    assert_eq!(end, Err((Code::PermissionDenied, "mallory is not greeted".to_owned())));

    let requests = || tokio_stream::iter(["a", "b"]).map(hello);
    let response = client.lots_of_greetings(requests()).await.unwrap();
    assert_eq!(response.into_inner().reply, "a!b!?");

    let response = client.bidi_hello(requests()).await.unwrap();
    assert_eq!(response.metadata().get("x-handler").unwrap(), "here");
    assert_eq!(replies(Ok(response)).await, (vec!["a!?".to_owned(), "b!?".to_owned()], Ok(())));
}

#[tokio::test]
async fn the_forms_of_tonic() {
    let mut client = connect_greeter(served!(GreeterServer::new(Classic))).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a!?");
    let received = replies(client.lots_of_replies(hello("a")).await).await;
    assert_eq!(received, (vec!["a!1?".to_owned(), "a!2?".to_owned()], Ok(())));

    let requests = || tokio_stream::iter(["a", "b"]).map(hello);
    let mut request = Request::new(requests());
    request.metadata_mut().insert("x-tenant", "blue".parse().unwrap());
    assert_eq!(client.lots_of_greetings(request).await.unwrap().into_inner().reply, "bluea!b!?");
    let received = replies(client.bidi_hello(requests()).await).await;
    assert_eq!(received, (vec!["a!?".to_owned(), "b!?".to_owned()], Ok(())));
}

#[tokio::test]
async fn the_other_shapes_of_the_trait() {
    let service = ArcSelf { greeting: "hi".to_owned() };
    let mut client =
        connect_greeter(serve(hello_arc::greeter_server::GreeterServer::new(service)).await).await;
    let received = replies(client.lots_of_replies(hello("a")).await).await;
    assert_eq!(received, (vec!["hi a".to_owned()], Ok(())));
    let received = replies(client.bidi_hello(tokio_stream::once(hello("b"))).await).await;
    assert_eq!(received, (vec!["hi b".to_owned()], Ok(())));

    let mut client =
        connect_greeter(serve(hello_stubs::greeter_server::GreeterServer::new(Stubs)).await).await;
    let received = replies(client.lots_of_replies(hello("a")).await).await;
    assert_eq!(received, (vec!["a".to_owned()], Ok(())));
    assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::Unimplemented);
}

/// Replies with much at once, and counts what it is sent in another task.
#[derive(Clone)]
struct Busy;

const LARGE: usize = 64 * 1024;
const MANY: usize = 200;

#[interceptor(Loud, Loud)]
impl Greeter for Busy {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<ReceiverStream<Result<HelloResponse, Status>>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented(""))
    }

    async fn bidi_hello(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let (done, count) = oneshot::channel();
        tokio::spawn(async move {
            let mut received = 0;
            while let Ok(Some(request)) = requests.message().await {
                assert!(request.name.ends_with("!!"));
                received += 1;
            }
            let _ = done.send(received);
        });
        let large = tokio_stream::iter(0..MANY).map(|_| Ok(reply("x".repeat(LARGE))));
        let last = tokio_stream::once(count)
            .then(|count| async { Ok(reply(format!("received {}", count.await.unwrap_or(0)))) });
        Ok(large.chain(last))
    }
}

/// All windows are full: the client reads nothing before it has sent everything.
#[tokio::test]
async fn a_client_may_send_everything_before_it_reads_anything() {
    let client = connect_greeter(served!(GreeterServer::new(Busy))).await;
    send_everything_then_read(client).await;
}

/// The same with room for no whole message in any window.
#[tokio::test]
async fn both_directions_are_independent_with_small_windows() {
    const WINDOW: u32 = 4 * 1024;
    let server =
        Server::builder().initial_stream_window_size(WINDOW).initial_connection_window_size(2 * WINDOW);
    let addr = serve_by(server, GreeterServer::new(Busy)).await;
    let endpoint = Endpoint::from_shared(format!("http://{addr}"))
        .unwrap()
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(2 * WINDOW);
    send_everything_then_read(GreeterClient::new(endpoint.connect().await.unwrap())).await;
}

async fn send_everything_then_read(mut client: GreeterClient<Channel>) {
    let (sender, receiver) = mpsc::channel(1);
    let response = client.bidi_hello(ReceiverStream::new(receiver)).await.unwrap();
    for _ in 0..MANY {
        sender.send(hello(&"y".repeat(LARGE))).await.expect("the server reads all the while");
    }
    drop(sender);
    let (received, end) = replies(Ok(response)).await;
    assert_eq!((received.len(), end), (MANY + 1, Ok(())));
    assert_eq!(received[MANY], format!("received {MANY}??"));
    assert!(received[..MANY].iter().all(|reply| reply.len() == LARGE + 2));
}

/// Counts what is taken from it.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

#[interceptor(Loud)]
impl Greeter for Counting {
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented(""))
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(0..100).map(|_| {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(reply("x"))
        }))
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented(""))
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<ReceiverStream<Result<HelloResponse, Status>>, Status> {
        Err(Status::unimplemented(""))
    }
}

#[tokio::test]
async fn a_message_is_taken_from_the_handler_when_one_is_asked_for() {
    let service = Counting::default();
    let response = service.lots_of_replies(Request::new(hello("a"))).await.unwrap();
    let mut stream = pin!(response.into_inner());
    for expected in 0..100 {
        assert_eq!(service.0.load(Ordering::Relaxed), expected);
        assert_eq!(stream.next().await.unwrap().unwrap(), reply("x?"));
    }
    assert!(stream.next().await.is_none());
    assert!(stream.next().await.is_none());
}

/// Runs the rest in a set of futures, which polls it only when it was woken.
struct InASet;

impl Interceptor for InASet {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }

    async fn around<R: Rest>(&self, _call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let mut set = futures_util::stream::FuturesUnordered::new();
        set.push(rest);
        set.next().await.expect("there is one")
    }
}

#[interceptor]
async fn metadata_and_trailers(call: &Call, rest: impl Rest) -> Result<(), Status> {
    call.response_metadata().insert("x-early", "1".parse().unwrap());
    let result = rest.await;
    call.response_metadata().insert("x-late", "2".parse().unwrap());
    call.trailers().insert("x-trailer", "3".parse().unwrap());
    result
}

#[derive(Clone)]
struct Wrapped;

#[interceptor(InASet, metadata_and_trailers())]
impl Greeter for Wrapped {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        if request.name.is_empty() { Err(Status::not_found("nobody")) } else { Ok(reply(request.name)) }
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let end = if request.name.is_empty() { Err(Status::aborted("nobody")) } else { Ok(reply("end")) };
        let first = tokio_stream::once(()).then(|()| async {
            tokio::task::yield_now().await;
            Ok(reply("first"))
        });
        Ok(first.chain(tokio_stream::once(end)))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        Ok(reply(requests.message().await?.unwrap_or_default().name))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

#[tokio::test]
async fn response_metadata_begins_and_trailers_end_a_stream() {
    let mut client = connect_greeter(served!(GreeterServer::new(Wrapped))).await;
    let response = client.lots_of_replies(hello("a")).await.unwrap();
    assert_eq!(response.metadata().get("x-early").unwrap(), "1");
    assert!(response.metadata().get("x-late").is_none());
    let mut stream = response.into_inner();
    assert_eq!(stream.message().await.unwrap(), Some(reply("first")));
    assert_eq!(stream.message().await.unwrap(), Some(reply("end")));
    assert_eq!(stream.message().await.unwrap(), None);
    let trailers = stream.trailers().await.unwrap().expect("trailers");
    assert_eq!(trailers.get("x-trailer").unwrap(), "3");
    // Too late for the beginning, and not lost.
    assert_eq!(trailers.get("x-late").unwrap(), "2");

    let response = client.lots_of_replies(hello("")).await.unwrap();
    assert_eq!(response.metadata().get("x-early").unwrap(), "1");
    let mut stream = response.into_inner();
    assert_eq!(stream.message().await.unwrap(), Some(reply("first")));
    let status = stream.message().await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Aborted, "nobody"));
    assert_eq!(status.metadata().get("x-trailer").unwrap(), "3");
}

#[tokio::test]
async fn a_failure_carries_all_metadata() {
    let mut client = connect_greeter(served!(GreeterServer::new(Wrapped))).await;
    let status = client.say_hello(hello("")).await.unwrap_err();
    for (key, value) in [("x-early", "1"), ("x-late", "2"), ("x-trailer", "3")] {
        assert_eq!(status.metadata().get(key).unwrap(), value);
    }
    let response = client.say_hello(hello("a")).await.unwrap();
    assert_eq!(response.metadata().get("x-late").unwrap(), "2");
}

#[tokio::test]
async fn an_interceptor_may_poll_the_rest_only_when_it_was_woken() {
    let mut client = connect_greeter(served!(GreeterServer::new(Wrapped))).await;
    let names: Vec<_> = (0..100).map(|n| n.to_string()).collect();
    let requests = tokio_stream::iter(names.clone()).map(|name| hello(&name));
    assert_eq!(replies(client.bidi_hello(requests).await).await, (names, Ok(())));
    let reply_ = client.lots_of_greetings(tokio_stream::once(hello("a"))).await.unwrap();
    assert_eq!(reply_.into_inner().reply, "a");
}

/// Ends its call while another task still holds the stream.
#[derive(Clone)]
struct Handing(mpsc::Sender<Streaming<HelloRequest>>);

#[interceptor(Loud)]
impl Greeter for Handing {
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented(""))
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<ReceiverStream<Result<HelloResponse, Status>>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn lots_of_greetings(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        self.0.send(requests).await.map_err(|_| Status::internal("nobody takes it"))?;
        Ok(reply("done"))
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<ReceiverStream<Result<HelloResponse, Status>>, Status> {
        Err(Status::unimplemented(""))
    }
}

#[tokio::test]
async fn an_inbound_stream_ends_with_its_call() {
    let (sender, mut streams) = mpsc::channel(1);
    let mut client = connect_greeter(served!(GreeterServer::new(Handing(sender)))).await;
    let requests = tokio_stream::iter(["a", "b"]).map(hello).chain(tokio_stream::pending());
    assert_eq!(client.lots_of_greetings(requests).await.unwrap().into_inner().reply, "done?");
    let mut stream = streams.recv().await.expect("it was handed over");
    let end = stream.message().await.expect_err("no hook may see a message now");
    assert_eq!(end.code(), Code::Cancelled);
    assert_eq!(stream.message().await.unwrap(), None);
}

/// Replies with metadata and extensions.
#[derive(Clone)]
struct Extended;

#[interceptor]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Extended {
    async fn say_hello(
        &self,
        _request: hello_stubs::HelloRequest,
    ) -> Result<Response<hello_stubs::HelloResponse>, Status> {
        let mut response = Response::new(hello_stubs::HelloResponse::default());
        response.extensions_mut().insert("of the handler");
        Ok(response)
    }

    async fn lots_of_replies(
        &self,
        _request: hello_stubs::HelloRequest,
    ) -> Result<Response<impl Stream<Item = Result<hello_stubs::HelloResponse, Status>>>, Status> {
        let mut response = Response::new(tokio_stream::empty());
        response.extensions_mut().insert("of the handler");
        response.metadata_mut().insert("x-handler", "here".parse().unwrap());
        Ok(response)
    }
}

#[tokio::test]
async fn the_extensions_of_a_reply_reach_tonic() {
    use hello_stubs::greeter_server::Greeter;

    let request = || Request::new(hello_stubs::HelloRequest::default());
    let response = Extended.say_hello(request()).await.unwrap();
    assert_eq!(response.extensions().get::<&str>(), Some(&"of the handler"));
    let response = Extended.lots_of_replies(request()).await.unwrap();
    assert_eq!(response.extensions().get::<&str>(), Some(&"of the handler"));
    assert_eq!(response.metadata().get("x-handler").unwrap(), "here");
}

/// Hands on what another server streams.
#[derive(Clone)]
struct Proxy(hello_stubs::greeter_client::GreeterClient<Channel>);

#[interceptor]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Proxy {
    async fn lots_of_replies(
        &self,
        request: hello_stubs::HelloRequest,
    ) -> Result<Response<tonic::Streaming<hello_stubs::HelloResponse>>, Status> {
        self.0.clone().lots_of_replies(request).await
    }
}

#[tokio::test]
async fn the_stream_of_a_client_may_be_the_reply() {
    let addr = serve(hello_stubs::greeter_server::GreeterServer::new(Stubs)).await;
    let upstream =
        hello_stubs::greeter_client::GreeterClient::connect(format!("http://{addr}")).await.unwrap();
    let proxy = hello_stubs::greeter_server::GreeterServer::new(Proxy(upstream));
    let mut client = connect_greeter(serve(proxy).await).await;
    assert_eq!(replies(client.lots_of_replies(hello("a")).await).await, (vec!["a".to_owned()], Ok(())));
}

//! Another attempt, and when there is none.

mod support;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use support::tracer::{Traced, Tracer};
use support::{hello, replies, serve, surely};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Streaming};
use vestibule::{Client, Code, Status, client};
use vestibule_interceptors::{Deadline, Retry};

/// What the server does with its next calls; after that, all goes well.
#[derive(Clone)]
enum Act {
    Fail(Code),
    PushBack(&'static str),
    /// A reply that has begun.
    FailInTheMidst,
    HangInTheMidst,
    Hang,
}

/// What it was told of each attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Attempt {
    name: String,
    previous: Option<String>,
    tenant: Option<String>,
}

#[derive(Clone, Default)]
struct Server {
    acts: Arc<Mutex<VecDeque<Act>>>,
    attempts: Arc<Mutex<Vec<Attempt>>>,
}

type Replies = std::pin::Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

impl Server {
    fn new(acts: impl IntoIterator<Item = Act>) -> Self {
        Self { acts: Arc::new(Mutex::new(acts.into_iter().collect())), ..Self::default() }
    }

    /// Notes an attempt, and fails if it is to: at once, or as it returns, in the midst.
    async fn act<T>(&self, request: &Request<T>, name: String) -> Result<Option<Act>, Status> {
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

    fn attempts(&self) -> usize {
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

fn channel(addr: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{addr}")).unwrap().connect_lazy()
}

/// Without waiting for long.
fn retry(max_attempts: u32) -> Retry {
    Retry::new(max_attempts).backoff(Duration::from_millis(1), Duration::from_millis(2))
}

async fn connect(server: &Server, retry: Retry) -> GreeterClient<Client<Channel>> {
    GreeterClient::new(client(channel(serve(GreeterServer::new(server.clone())).await), (retry,)))
}

const UNAVAILABLE: Act = Act::Fail(Code::Unavailable);

#[tokio::test]
async fn a_call_is_tried_again_until_it_succeeds() {
    let server = Server::new(vec![UNAVAILABLE; 3]);
    let mut client = connect(&server, retry(5)).await;
    let mut request = Request::new(hello("a"));
    request.metadata_mut().insert("x-tenant", "blue".parse().unwrap());
    assert_eq!(client.say_hello(request).await.unwrap().into_inner().reply, "a");
    let expected = [None, Some("1"), Some("2"), Some("3")].map(|previous| Attempt {
        name: "a".to_owned(),
        previous: previous.map(str::to_owned),
        tenant: Some("blue".to_owned()),
    });
    assert_eq!(*server.attempts.lock().unwrap(), expected);
}

/// As of a call whose metadata is passed on.
#[tokio::test]
async fn attempts_that_the_caller_counts_are_not_ours() {
    for (retry, failures, expected) in [(retry(5), 1, &[None, Some("1")][..]), (retry(1), 0, &[None])] {
        let server = Server::new(vec![UNAVAILABLE; failures]);
        let mut client = connect(&server, retry).await;
        let mut request = Request::new(hello("a"));
        request.metadata_mut().insert("grpc-previous-rpc-attempts", "9".parse().unwrap());
        client.say_hello(request).await.unwrap();
        let attempts = server.attempts.lock().unwrap();
        let previous: Vec<_> = attempts.iter().map(|attempt| attempt.previous.as_deref()).collect();
        assert_eq!(previous, expected);
    }
}

#[tokio::test]
async fn the_last_failure_is_the_callers() {
    let server = Server::new(vec![UNAVAILABLE; 9]);
    let mut client = connect(&server, retry(3)).await;
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "not now"));
    assert_eq!(server.attempts(), 3);
}

#[tokio::test]
async fn only_codes_that_are_named_are_tried_again() {
    for (code, attempts) in [(Code::Aborted, 2), (Code::Unavailable, 1), (Code::NotFound, 1)] {
        let server = Server::new([Act::Fail(code)]);
        let mut client = connect(&server, retry(3).codes([Code::Aborted, Code::Internal])).await;
        assert_eq!((code, client.say_hello(hello("a")).await.is_ok()), (code, attempts > 1));
        assert_eq!((code, server.attempts()), (code, attempts));
    }
}

#[tokio::test]
async fn a_stream_of_replies_is_tried_again_before_it_has_begun() {
    let server = Server::new(vec![UNAVAILABLE; 2]);
    let mut client = connect(&server, retry(3)).await;
    assert_eq!(replies(client.lots_of_replies(hello("a")).await).await, (vec!["a".to_owned()], Ok(())));
    assert_eq!(server.attempts(), 3);
}

#[tokio::test]
async fn a_reply_that_has_begun_is_not_tried_again() {
    let server = Server::new([Act::FailInTheMidst]);
    let mut client = connect(&server, retry(3)).await;
    let (received, end) = replies(client.lots_of_replies(hello("a")).await).await;
    assert_eq!((received, end.unwrap_err().0), (vec!["a".to_owned()], Code::Unavailable));
    assert_eq!(server.attempts(), 1);
}

#[tokio::test]
async fn where_the_client_streams_nothing_is_tried_again() {
    let many = || tokio_stream::iter([hello("a"), hello("b")]);
    let open = || tokio_stream::iter([hello("a")]).chain(tokio_stream::pending());
    for nth in 0..4 {
        let server = Server::new([UNAVAILABLE]);
        let mut client = connect(&server, retry(3)).await;
        let failed = match nth {
            0 => client.lots_of_greetings(many()).await.map(drop),
            1 => client.bidi_hello(many()).await.map(drop),
            2 => client.lots_of_greetings(open()).await.map(drop),
            _ => client.bidi_hello(open()).await.map(drop),
        };
        assert_eq!(failed.unwrap_err().code(), Code::Unavailable);
        assert_eq!(server.attempts(), 1);
        // And all of it arrives.
        let all = client.lots_of_greetings(many()).await.unwrap().into_inner();
        assert_eq!(all.reply, "a b");
    }
}

#[tokio::test]
async fn a_server_says_when_to_try_again() {
    let server = Server::new([Act::PushBack("30"), Act::PushBack("0")]);
    // Far longer, if it did not.
    let retry = Retry::new(5).backoff(Duration::from_secs(3600), Duration::from_secs(3600));
    let mut client = connect(&server, retry).await;
    let started = Instant::now();
    client.say_hello(hello("a")).await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(30));
    assert_eq!(server.attempts(), 3);
}

#[tokio::test]
async fn a_server_says_that_there_is_to_be_no_other_attempt() {
    for pushback in ["-1", "never"] {
        let server = Server::new([Act::PushBack(pushback)]);
        let mut client = connect(&server, retry(5)).await;
        assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::Unavailable);
        assert_eq!(server.attempts(), 1);
    }
}

#[tokio::test]
async fn nothing_is_tried_after_the_deadline() {
    let server = Server::new(vec![UNAVAILABLE; 9]);
    let retry = Retry::new(9).backoff(Duration::from_secs(3600), Duration::from_secs(3600));
    let mut client = connect(&server, retry).await;
    let mut request = Request::new(hello("a"));
    request.set_timeout(Duration::from_secs(60));
    let started = Instant::now();
    let status = client.say_hello(request).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "not now"), "what is known is told");
    assert!(started.elapsed() < Duration::from_secs(30), "and nobody waited for it");
    assert_eq!(server.attempts(), 1);
}

#[tokio::test]
async fn an_attempt_that_hangs_ends_with_the_deadline_of_the_call() {
    let server = Server::new([UNAVAILABLE, Act::Hang]);
    let channel = channel(serve(GreeterServer::new(server.clone())).await);
    let chain = (
        Deadline::at_most(Duration::from_millis(100)),
        retry(5).codes([Code::Unavailable, Code::DeadlineExceeded]),
    );
    let mut client = GreeterClient::new(client(channel, chain));
    assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(server.attempts(), 2);
}

#[tokio::test]
async fn while_most_calls_fail_nothing_is_tried_again() {
    let server = Server::new(vec![UNAVAILABLE; 7]);
    // Of four tokens, more than two must be left: one other attempt.
    let mut client = connect(&server, retry(5).throttle(4.0, 1.0)).await;
    assert!(client.say_hello(hello("a")).await.is_err());
    assert_eq!(server.attempts(), 2, "3 were left, and then 2");
    assert!(client.clone().say_hello(hello("a")).await.is_err());
    assert_eq!(server.attempts(), 3, "clones have the same bucket");
    server.acts.lock().unwrap().clear();
    for _ in 0..2 {
        client.say_hello(hello("a")).await.unwrap();
    }
    server.acts.lock().unwrap().push_back(UNAVAILABLE);
    assert!(client.say_hello(hello("a")).await.is_err(), "1 and 2 are 3: 2 are left");
    for _ in 0..2 {
        client.say_hello(hello("a")).await.unwrap();
    }
    server.acts.lock().unwrap().push_back(UNAVAILABLE);
    client.say_hello(hello("a")).await.unwrap();
}

#[tokio::test]
async fn a_message_that_is_not_kept_is_sent_once_and_whole() {
    let large = hello(&"x".repeat(100_000));
    for (limit, attempts) in [(99_000, 1), (101_000, 2)] {
        let server = Server::new([UNAVAILABLE]);
        let mut client = connect(&server, retry(5).buffer(limit)).await;
        let result = client.say_hello(large.clone()).await;
        assert_eq!((result.is_ok(), server.attempts()), (attempts == 2, attempts));
        assert_eq!(client.say_hello(large.clone()).await.unwrap().into_inner().reply, large.name);
        assert!(server.attempts.lock().unwrap().iter().all(|attempt| attempt.name == large.name));
    }
}

#[tokio::test]
async fn the_other_interceptors_see_one_call() {
    let (server, tracer) = (Server::new(vec![UNAVAILABLE; 2]), Tracer::default());
    let channel = channel(serve(GreeterServer::new(server.clone())).await);
    let chain = (Traced("A", tracer.clone()), retry(3), Traced("B", tracer.clone()));
    let mut client = GreeterClient::new(client(channel, chain));
    client.say_hello(hello("a")).await.unwrap();
    assert_eq!(server.attempts(), 3);
    assert_eq!(tracer.take(), "A.s B.s A.r B.r B.w A.w B.f(ok) A.f(ok)");
}

/// A server that dies, by what stands in front of it: passes connections on to `server`, and cuts off the first
/// `deaths` of them when it is told to. Counts them all.
async fn mortal(server: SocketAddr, deaths: usize, until: Arc<Notify>) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.unwrap();
            let mut far = TcpStream::connect(server).await.unwrap();
            let (nth, until) = (counted.fetch_add(1, Ordering::SeqCst), Arc::clone(&until));
            tokio::spawn(async move {
                tokio::select! {
                    () = until.notified(), if nth < deaths => {}
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                }
            });
        }
    });
    (addr, connections)
}

#[tokio::test]
async fn a_server_that_dies_before_the_reply_is_tried_again() {
    let server = Server::new([Act::Hang, Act::Hang]);
    let dies = Arc::new(Notify::new());
    let real = serve(GreeterServer::new(server.clone())).await;
    let (addr, connections) = mortal(real, 2, Arc::clone(&dies)).await;
    let mut client = GreeterClient::new(client(channel(addr), (retry(5),)));
    let call = tokio::spawn(async move { client.say_hello(hello("a")).await });
    for attempts in 1..=2 {
        while server.attempts() < attempts {
            tokio::task::yield_now().await;
        }
        dies.notify_one();
    }
    assert_eq!(surely(call).await.unwrap().unwrap().into_inner().reply, "a");
    assert_eq!((server.attempts(), connections.load(Ordering::SeqCst)), (3, 3));
}

#[tokio::test]
async fn a_server_that_dies_in_the_midst_of_its_reply_is_not_tried_again() {
    let server = Server::new([Act::HangInTheMidst]);
    let dies = Arc::new(Notify::new());
    let real = serve(GreeterServer::new(server.clone())).await;
    let (addr, _) = mortal(real, 1, Arc::clone(&dies)).await;
    let mut client = GreeterClient::new(client(channel(addr), (retry(5),)));
    let mut stream = client.lots_of_replies(hello("a")).await.unwrap().into_inner();
    assert_eq!(stream.message().await.unwrap().unwrap().reply, "a");
    dies.notify_one();
    let status = surely(stream.message()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    // It is the second of which the server hears.
    client.say_hello(hello("b")).await.unwrap();
    assert_eq!(server.attempts(), 2);
}

#[tokio::test]
async fn a_server_that_comes_back_is_found_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let retry =
        Retry::new(100).backoff(Duration::from_millis(5), Duration::from_millis(10)).throttle(1e9, 1.0);
    let mut client = GreeterClient::new(client(channel(addr), (retry,)));
    let call = tokio::spawn(async move { client.say_hello(hello("a")).await });
    // Some attempts find nobody.
    tokio::time::sleep(Duration::from_millis(30)).await;
    let listener = TcpListener::bind(addr).await.unwrap();
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    let router = tonic::transport::Server::builder().add_service(GreeterServer::new(Server::default()));
    tokio::spawn(router.serve_with_incoming(incoming));
    assert_eq!(call.await.unwrap().unwrap().into_inner().reply, "a");
}

#[tokio::test]
async fn a_call_that_is_given_up_is_not_tried_again() {
    let server = Server::new([UNAVAILABLE]);
    let retry = Retry::new(9).backoff(Duration::from_millis(20), Duration::from_millis(20));
    let mut client = connect(&server, retry).await;
    let call = tokio::spawn(async move { client.say_hello(hello("a")).await });
    while server.attempts() == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(server.attempts(), 1);
}

/// What was read to see whether it is one message goes on, and what comes later as well.
#[tokio::test]
async fn an_upload_loses_nothing() {
    let mut client = connect(&Server::default(), retry(3)).await;
    let (names, requests) = tokio::sync::mpsc::channel(1);
    let call = tokio::spawn(async move {
        client.lots_of_greetings(tokio_stream::wrappers::ReceiverStream::new(requests)).await
    });
    for name in ["a", "b", "c"] {
        names.send(hello(name)).await.unwrap();
        tokio::task::yield_now().await;
    }
    drop(names);
    assert_eq!(call.await.unwrap().unwrap().into_inner().reply, "a b c");
}

/// A service that says twice that it is not ready.
#[derive(Clone)]
struct Moody(Arc<Mutex<u32>>, GreeterServer<Server>);

impl tower_service::Service<http::Request<tonic::body::Body>> for Moody {
    type Response = http::Response<tonic::body::Body>;
    type Error = Status;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Status>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Status>> {
        let mut asked = self.0.lock().unwrap();
        *asked += 1;
        std::task::Poll::Ready(if (2..4).contains(&*asked) {
            Err(Status::unavailable("not ready"))
        } else {
            Ok(())
        })
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let answer = tower_service::Service::call(&mut self.1, request);
        Box::pin(async move { Ok(answer.await.unwrap_or_else(|never| match never {})) })
    }
}

#[tokio::test]
async fn a_channel_that_is_not_ready_has_failed_as_well() {
    let server = Server::new([UNAVAILABLE]);
    let service = Moody(Arc::default(), GreeterServer::new(server.clone()));
    let mut client = GreeterClient::new(client(service, (retry(4),)));
    client.say_hello(hello("a")).await.unwrap();
    let attempts = server.attempts.lock().unwrap();
    assert_eq!(
        attempts.iter().map(|attempt| attempt.previous.as_deref()).collect::<Vec<_>>(),
        [None, Some("3")]
    );
}

/// A port that is taken, at which nobody listens: connections are refused, and no other test gets it.
fn dead() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let addr = socket.local_addr().unwrap();
    (socket, addr)
}

/// A channel that balances between them.
fn balanced(addrs: impl IntoIterator<Item = SocketAddr>) -> Channel {
    let endpoint = |addr| Endpoint::from_shared(format!("http://{addr}")).unwrap();
    Channel::balance_list(addrs.into_iter().map(endpoint))
}

#[tokio::test]
async fn a_dead_endpoint_beside_a_live_one_costs_neither_attempt_nor_token() {
    let server = Server::default();
    let live = serve(GreeterServer::new(server.clone())).await;
    let dead = [dead(), dead()];
    for (max_attempts, dead) in [(3, &dead[..1]), (1, &dead[..1]), (3, &dead)] {
        let dead = dead.iter().map(|(_, addr)| *addr);
        let channel = balanced(dead.clone().chain([live]));
        let mut client = GreeterClient::new(client(channel, (Retry::new(max_attempts),)));
        server.attempts.lock().unwrap().clear();
        for nth in 0..100 {
            let reply = client.say_hello(hello("a")).await;
            assert!(reply.is_ok(), "{nth} of {max_attempts} with {} dead: {reply:?}", dead.len());
        }
        let attempts = server.attempts.lock().unwrap().clone();
        assert_eq!(attempts.len(), 100);
        assert!(attempts.iter().all(|attempt| attempt.previous.is_none()), "the server is told of none");
        // The bucket is full: it allows four failures that do count.
        server.acts.lock().unwrap().extend(vec![UNAVAILABLE; max_attempts as usize - 1]);
        client.say_hello(hello("a")).await.unwrap();
        assert_eq!(server.attempts(), 100 + max_attempts as usize);
    }
}

/// Calls at once: each is the others' rival for the endpoint that is ready.
#[tokio::test]
async fn a_hundred_calls_at_once_find_the_live_endpoint() {
    let live = serve(GreeterServer::new(Server::default())).await;
    let (_dead, dead) = dead();
    let channel = balanced([live, dead]);
    let client = GreeterClient::new(client(channel, (Retry::new(3),)));
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let mut client = client.clone();
            tokio::spawn(async move { client.say_hello(hello("a")).await })
        })
        .collect();
    for call in calls {
        surely(call).await.unwrap().unwrap();
    }
}

/// Counts the connections that are tried, of which each is refused.
#[derive(Clone, Default)]
struct Refusing(Arc<AtomicUsize>);

impl tower_service::Service<http::Uri> for Refusing {
    type Response = hyper_util::rt::TokioIo<TcpStream>;
    type Error = std::io::Error;
    type Future = std::future::Ready<std::io::Result<Self::Response>>;

    fn poll_ready(&mut self, _cx: &mut std::task::Context<'_>) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _uri: http::Uri) -> Self::Future {
        self.0.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Err(std::io::ErrorKind::ConnectionRefused.into()))
    }
}

#[tokio::test]
async fn where_nobody_listens_a_call_ends_after_so_many_tries_and_takes_no_token() {
    let refusing = Refusing::default();
    let endpoint = Endpoint::from_static("http://nobody.test");
    let channel = endpoint.connect_with_connector_lazy(refusing.clone());
    let mut client = GreeterClient::new(client(channel, (retry(3),)));
    for calls in 1..=10 {
        let status = surely(client.say_hello(hello("a"))).await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
        // Thirty that do not count, and the three that do; no bucket is empty in the end.
        assert_eq!(refusing.0.load(Ordering::SeqCst), calls * 33);
    }
}

#[tokio::test]
async fn all_endpoints_dead_is_unavailable() {
    let [(_first, first), (_second, second)] = [dead(), dead()];
    let channel = balanced([first, second]);
    let mut client = GreeterClient::new(client(channel, (retry(3),)));
    for _ in 0..10 {
        let status = surely(client.say_hello(hello("a"))).await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
    }
}

#[tokio::test]
async fn nobody_is_looked_for_after_the_deadline() {
    let refusing = Refusing::default();
    let endpoint = Endpoint::from_static("http://nobody.test");
    let channel = endpoint.connect_with_connector_lazy(refusing.clone());
    // The second pause is some minutes.
    let retry = Retry::new(3).backoff(Duration::from_secs(360_000), Duration::from_secs(360_000));
    let mut client = GreeterClient::new(client(channel, (retry,)));
    let mut request = Request::new(hello("a"));
    request.set_timeout(Duration::from_secs(5));
    let started = Instant::now();
    let status = client.say_hello(request).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "what is known is told");
    assert!(started.elapsed() < Duration::from_secs(5), "and nobody waited for it");
    assert_eq!(refusing.0.load(Ordering::SeqCst), 2);
}

/// A connection that has ended before the call was handed to it: the server has not seen it.
#[tokio::test]
async fn a_call_that_a_closed_connection_never_took_costs_no_attempt() {
    let server = Server::default();
    let live = GreeterServer::new(server.clone());
    let (near, _far) = tokio::io::duplex(1024);
    let executor = hyper_util::rt::TokioExecutor::new();
    let handshake = hyper::client::conn::http2::handshake(executor, hyper_util::rt::TokioIo::new(near));
    let (closed, connection) = handshake.await.unwrap();
    drop(connection);
    let failures = Arc::new(AtomicUsize::new(0));
    let service = {
        let failures = Arc::clone(&failures);
        tower::service_fn(move |request: http::Request<tonic::body::Body>| {
            let (mut closed, mut live) = (closed.clone(), live.clone());
            let fails = failures.fetch_add(1, Ordering::SeqCst) < 5;
            async move {
                if fails {
                    return closed
                        .send_request(request)
                        .await
                        .map(|response| response.map(tonic::body::Body::new));
                }
                Ok(tower_service::Service::call(&mut live, request)
                    .await
                    .unwrap_or_else(|never| match never {}))
            }
        })
    };
    let mut client = GreeterClient::new(client(service, (retry(1),)));
    client.say_hello(hello("a")).await.unwrap();
    assert_eq!((failures.load(Ordering::SeqCst), server.attempts()), (6, 1));
}

#[tokio::test]
async fn a_proxy_that_is_overloaded_is_asked_again() {
    let calls = Arc::new(Mutex::new(0));
    let proxy = {
        let calls = Arc::clone(&calls);
        tower::service_fn(move |_: http::Request<tonic::body::Body>| {
            *calls.lock().unwrap() += 1;
            let response = http::Response::builder().status(503).body(tonic::body::Body::empty()).unwrap();
            std::future::ready(Ok::<_, std::convert::Infallible>(response))
        })
    };
    let mut client = GreeterClient::new(client(proxy, (retry(3),)));
    assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::Unavailable);
    assert_eq!(*calls.lock().unwrap(), 3);
}

#[tokio::test]
async fn of_several_the_first_counts() {
    let server = Server::new(vec![UNAVAILABLE; 9]);
    let addr = serve(GreeterServer::new(server.clone())).await;
    let mut client = GreeterClient::new(client(channel(addr), (retry(2), retry(4))));
    assert!(client.say_hello(hello("a")).await.is_err());
    assert_eq!(server.attempts(), 2);
}

#[tokio::test]
async fn without_tokens_there_is_no_bucket() {
    let server = Server::new(vec![UNAVAILABLE; 19]);
    let mut client = connect(&server, retry(20).throttle(0.0, 0.0)).await;
    client.say_hello(hello("a")).await.unwrap();
    assert_eq!(server.attempts(), 20);
}

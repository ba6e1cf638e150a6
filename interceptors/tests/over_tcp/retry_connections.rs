//! `Retry` repeats a call whose server dies before its response. A call that reached no server costs no attempt.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tonic::Request;
use tonic::transport::{Channel, Endpoint};
use vestibule::{Code, Status, client};
use vestibule_interceptors::Retry;

use super::retry_server::{Act, Server, UNAVAILABLE, channel, retry};
use crate::support::{hello, serve, surely};

/// Passes connections on to `server`, and cuts off the first `deaths` of them when it is told to, as if the server
/// died.
/// Counts all connections.
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
async fn a_server_that_dies_before_the_response_is_tried_again() {
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
async fn a_server_that_dies_in_the_midst_of_its_response_is_not_tried_again() {
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
    // This is the second call that reaches the server.
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
    // Some attempts find no server.
    tokio::time::sleep(Duration::from_millis(30)).await;
    let listener = TcpListener::bind(addr).await.unwrap();
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    let router = tonic::transport::Server::builder().add_service(GreeterServer::new(Server::default()));
    tokio::spawn(router.serve_with_incoming(incoming));
    assert_eq!(call.await.unwrap().unwrap().into_inner().reply, "a");
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

/// Binds a port and does not listen: connections are refused, and no other test gets the port.
fn dead() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let addr = socket.local_addr().unwrap();
    (socket, addr)
}

/// Returns a channel that balances between these addresses.
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
        // The bucket is still full, so it allows four failures that count.
        server.acts.lock().unwrap().extend(vec![UNAVAILABLE; max_attempts as usize - 1]);
        client.say_hello(hello("a")).await.unwrap();
        assert_eq!(server.attempts(), 100 + max_attempts as usize);
    }
}

/// The calls compete for the endpoint that is ready.
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

/// Refuses each connection, and counts them.
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
async fn a_call_to_a_port_at_which_nobody_listens_ends_after_some_tries_and_takes_no_token() {
    let refusing = Refusing::default();
    let endpoint = Endpoint::from_static("http://nobody.test");
    let channel = endpoint.connect_with_connector_lazy(refusing.clone());
    let mut client = GreeterClient::new(client(channel, (retry(3),)));
    for calls in 1..=10 {
        let status = surely(client.say_hello(hello("a"))).await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
        // Thirty tries do not count, and three do. The bucket is never empty.
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
async fn no_endpoint_is_tried_after_the_deadline() {
    let refusing = Refusing::default();
    let endpoint = Endpoint::from_static("http://nobody.test");
    let channel = endpoint.connect_with_connector_lazy(refusing.clone());
    // The second pause would take some minutes.
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

/// The connection has ended before it took the call, so the server has not seen the call.
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

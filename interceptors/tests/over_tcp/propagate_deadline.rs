//! `PropagateDeadline` passes on what is left of a deadline, and no interceptor lets a later one pass.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer as HelloServer;
use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use tonic::Request;
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tower_layer::Layer;
use vestibule::extract::CallDeadline;
use vestibule::{Call, Client, Code, Interceptor, Status, client, interceptor};
use vestibule_interceptors::{Deadline, PropagateDeadline};

use crate::support::traceable::Traceable;
use crate::support::{all_responses, hello, serve};

/// Notes the `grpc-timeout` of each call, and may ask another server.
#[derive(Clone, Default)]
struct Server {
    timeouts: Arc<Mutex<Vec<Option<Duration>>>>,
    next: Option<GreeterClient<Client<Channel>>>,
}

#[interceptor]
async fn note_timeout(timeouts: &Mutex<Vec<Option<Duration>>>, call: &Call) -> Result<(), Status> {
    let timeout = call.deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()));
    timeouts.lock().unwrap().push(timeout);
    Ok(())
}

#[interceptor(note_timeout(&self.timeouts))]
#[rpc(default_stubs)]
impl Greeter for Server {
    async fn say_hello(
        &self,
        request: HelloRequest,
        deadline: CallDeadline,
    ) -> Result<HelloResponse, Status> {
        let response = match (&*request.name, self.next.clone()) {
            ("ask", Some(mut next)) => next.say_hello(hello("asked")).await?,
            ("ask in a task", Some(mut next)) => {
                let mut request = Request::new(hello("asked"));
                request.extensions_mut().insert(deadline);
                tokio::spawn(async move { next.say_hello(request).await }).await.unwrap()?
            }
            _ => return Ok(HelloResponse { reply: request.name }),
        };
        Ok(HelloResponse { reply: response.into_inner().reply })
    }
}

fn channel(addr: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{addr}")).unwrap().connect_lazy()
}

fn names() -> impl Stream<Item = proto::hello::HelloRequest> {
    tokio_stream::iter(["a", "b"].map(hello))
}

fn in_time<T>(message: T, timeout: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(timeout);
    request
}

#[tokio::test]
async fn the_server_is_told_what_is_left() {
    #[interceptor]
    async fn dawdle() -> Result<(), Status> {
        tokio::time::sleep(Duration::from_millis(30)).await;
        Ok(())
    }

    let server = Server::default();
    let timeouts = Arc::clone(&server.timeouts);
    let addr = serve(GreeterServer::new(server)).await;
    let mut client =
        GreeterClient::new(client(channel(addr), (Deadline::at_most(Duration::from_secs(60)), dawdle())));
    client.say_hello(in_time(hello("a"), Duration::from_secs(5))).await.unwrap();
    client.say_hello(hello("a")).await.unwrap();
    let [Some(own), Some(limit)] = timeouts.lock().unwrap()[..] else { panic!("{timeouts:?}") };
    assert!(own < Duration::from_millis(4971) && own > Duration::from_secs(1), "{own:?}");
    assert!(limit < Duration::from_millis(59_971) && limit > Duration::from_secs(55), "{limit:?}");
}

/// Returns a client of a server that asks another one, and the timeouts that the other one gets.
async fn chained() -> (GreeterClient<Channel>, Arc<Mutex<Vec<Option<Duration>>>>) {
    let last = Server::default();
    let timeouts = Arc::clone(&last.timeouts);
    let addr = serve(GreeterServer::new(last)).await;
    let next = Some(GreeterClient::new(client(channel(addr), (PropagateDeadline::new(),))));
    let addr = serve(GreeterServer::new(Server { next, ..Server::default() })).await;
    (GreeterClient::new(channel(addr)), timeouts)
}

#[tokio::test]
async fn what_is_left_of_a_deadline_goes_on() {
    let (mut client, timeouts) = chained().await;
    for name in ["ask", "ask in a task"] {
        let given = Duration::from_secs(5);
        let reply = client.say_hello(in_time(hello(name), given)).await.unwrap();
        assert_eq!(reply.into_inner().reply, "asked");
        let Some(passed_on) = timeouts.lock().unwrap().pop().unwrap() else { panic!("no timeout") };
        assert!(passed_on < given && passed_on > Duration::from_secs(1), "{passed_on:?}");
    }
    client.say_hello(hello("ask")).await.unwrap();
    assert_eq!(timeouts.lock().unwrap().pop(), Some(None), "none that could go on");
}

#[tokio::test]
async fn when_nothing_is_left_nothing_is_sent() {
    let last = Server::default();
    let timeouts = Arc::clone(&last.timeouts);
    let addr = serve(GreeterServer::new(last)).await;
    let mut client = GreeterClient::new(client(channel(addr), (PropagateDeadline::new(),)));
    let mut request = Request::new(hello("a"));
    request.extensions_mut().insert(CallDeadline::from(Instant::now()));
    let status = client.say_hello(request).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(timeouts.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_earlier_deadline_of_ones_own_counts() {
    let server = Server::default();
    let timeouts = Arc::clone(&server.timeouts);
    let addr = serve(GreeterServer::new(server)).await;
    let mut client = GreeterClient::new(client(channel(addr), (PropagateDeadline::new(),)));
    let mut request = in_time(hello("a"), Duration::from_secs(5));
    request.extensions_mut().insert(CallDeadline::from(Instant::now() + Duration::from_secs(60)));
    client.say_hello(request).await.unwrap();
    assert!(timeouts.lock().unwrap()[0].unwrap() <= Duration::from_secs(5));
}

#[tokio::test]
async fn the_limit_of_an_interceptor_goes_on_as_well() {
    #[derive(Clone)]
    struct Limited(GreeterClient<Client<Channel>>);

    #[interceptor(Deadline::at_most(Duration::from_secs(3)))]
    impl proto::probe::probe_server::Probe for Limited {
        async fn echo(&self, _request: proto::probe::Ping) -> Result<proto::probe::Pong, Status> {
            let reply = self.0.clone().say_hello(hello("a")).await?.into_inner().reply;
            Ok(crate::support::pong(reply))
        }

        #[rpc(name = "GetURL")]
        async fn get_url(&self, _request: proto::probe::Ping) -> Result<proto::probe::Pong, Status> {
            Err(Status::unimplemented(""))
        }
    }

    use proto::probe::probe_server::ProbeServer;

    let server = Server::default();
    let timeouts = Arc::clone(&server.timeouts);
    let addr = serve(GreeterServer::new(server)).await;
    let next = GreeterClient::new(client(channel(addr), (PropagateDeadline::new(),)));
    let mut client = crate::support::connect(serve(ProbeServer::new(Limited(next))).await).await;
    client.echo(crate::support::ping(&[])).await.unwrap();
    assert!(timeouts.lock().unwrap()[0].unwrap() <= Duration::from_secs(3));
}

#[tokio::test]
async fn a_deadline_that_was_handed_on_ends_the_call() {
    let never = tower::service_fn(|_: http::Request<Body>| {
        std::future::pending::<Result<http::Response<Body>, Status>>()
    });
    let mut client = GreeterClient::new(client(never, (PropagateDeadline::new(),)));
    let mut request = Request::new(hello("a"));
    request.extensions_mut().insert(CallDeadline::from(Instant::now() + Duration::from_millis(50)));
    let reply = tokio::time::timeout(Duration::from_secs(60), client.say_hello(request)).await;
    assert_eq!(reply.expect("it ends").unwrap_err().code(), Code::DeadlineExceeded);
}

/// The client adds credentials and the deadline.
#[tokio::test]
async fn what_a_client_adds_it_adds_in_every_shape() {
    use vestibule_interceptors::{Credentials, Token};

    /// Notes which of them a call has.
    struct Noted(Arc<Mutex<Vec<String>>>);

    impl Interceptor for Noted {
        type Provides = ();
        type Hooks = ();

        async fn start(&self, call: &Call) -> Result<((), ()), Status> {
            let token = call.get::<&str>("authorization")?;
            let left = call.deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let is_a_minute = left.is_some_and(|left| (50..=60).contains(&left.as_secs()));
            self.0.lock().unwrap().push(format!("{} {token} {is_a_minute}", call.method().name()));
            Ok(((), ()))
        }
    }

    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = vestibule::layer((Noted(Arc::clone(&seen)),));
    let addr = serve(noted.layer(HelloServer::new(Traceable::default()))).await;
    let credentials = Credentials::new(|| async { Token::bearer("s3cret") }).allow_plaintext();
    let mut client = GreeterClient::new(client(channel(addr), (credentials, PropagateDeadline::new())));
    let deadline = CallDeadline::from(Instant::now() + Duration::from_secs(60));
    fn with<T>(message: T, deadline: CallDeadline) -> Request<T> {
        let mut request = Request::new(message);
        request.extensions_mut().insert(deadline);
        request
    }
    client.say_hello(with(hello("a"), deadline)).await.unwrap();
    assert!(all_responses(client.lots_of_replies(with(hello("a"), deadline)).await).await.1.is_ok());
    client.lots_of_greetings(with(names(), deadline)).await.unwrap();
    assert!(all_responses(client.bidi_hello(with(names(), deadline)).await).await.1.is_ok());
    let expected = ["SayHello", "LotsOfReplies", "LotsOfGreetings", "BidiHello"];
    assert_eq!(*seen.lock().unwrap(), expected.map(|name| format!("{name} Bearer s3cret true")));
}

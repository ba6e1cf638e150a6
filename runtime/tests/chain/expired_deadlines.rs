//! A call whose deadline has passed before it starts never reaches a handler, wherever its chain runs.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Instant;

use http_body_util::{BodyExt, Full};
use proto::hello::greeter_server::GreeterServer;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::body::Body;
use tonic::server::NamedService;
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Call, Mount, Rest, Status, client, interceptor, layer};

use crate::support::traceable::Traceable;
use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{PATHS, hello, raw, serve, surely};

/// Timeouts of zero, in each unit.
const NONE: [&str; 7] = ["0H", "0M", "0S", "0m", "0u", "0n", "00000000S"];

/// The status of a call, and its trace.
type End = (String, String);

fn end(status: &str, trace: &str) -> End {
    (status.to_owned(), trace.to_owned())
}

fn late(path: &str, timeout: &str) -> http::Request<Body> {
    let body = Body::new(Full::new(raw::frame(&hello("a"))));
    raw::request(path).header("grpc-timeout", timeout).body(body).unwrap()
}

/// The service behind a layer, or at the other end of a client.
#[derive(Clone)]
struct Handler(Tracer);

impl Service<http::Request<Body>> for Handler {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: http::Request<Body>) -> Self::Future {
        self.0.event("H").unwrap();
        std::future::ready(Ok(Status::ok("").into_http()))
    }
}

impl NamedService for Handler {
    const NAME: &'static str = "pb.Greeter";
}

/// Calls the service without a server, because tonic's timer would end the call first.
async fn of<S, E>(mut service: S, tracer: &Tracer, request: http::Request<Body>) -> End
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = E>,
    E: std::fmt::Debug + Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let answer = surely(service.call(request))
        .await
        .or_else(|error| Ok::<_, Infallible>(Status::from_error(error.into()).into_http::<Body>()));
    let (head, body) = answer.unwrap().into_parts();
    let body = surely(body.collect()).await.unwrap();
    let status = head.headers.get("grpc-status").or_else(|| body.trailers()?.get("grpc-status"));
    (status.expect("it ends").to_str().unwrap().to_owned(), tracer.take())
}

/// Makes the same call wherever a chain can run.
async fn everywhere(plan: Plan, path: &str, timeout: &str) -> [End; 4] {
    let tracer = Tracer::new(plan);
    let service = || Traceable { tracer: tracer.clone(), ..Traceable::default() };
    let chain = || (Traced("A", tracer.clone()), Traced("B", tracer.clone()));
    [
        of(GreeterServer::new(service()), &tracer, late(path, timeout)).await,
        of(Mount::<_, GreeterServer<_>>::new(service()), &tracer, late(path, timeout)).await,
        of(layer(chain()).layer(Handler(tracer.clone())), &tracer, late(path, timeout)).await,
        of(client(Handler(tracer.clone()), chain()), &tracer, late(path, timeout)).await,
    ]
}

#[tokio::test]
async fn interceptors_see_a_call_that_comes_too_late_and_its_handler_does_not() {
    let expected = end("4", "A.s B.s B.f(DeadlineExceeded) A.f(DeadlineExceeded)");
    for path in PATHS {
        for timeout in NONE {
            let ends = everywhere(Plan::default(), path, timeout).await;
            assert_eq!((path, timeout, ends), (path, timeout, [(); 4].map(|()| expected.clone())));
        }
    }
}

#[tokio::test]
async fn a_start_does_not_wait_in_a_call_that_comes_too_late() {
    let expected = end("4", "A.s B.s A.f(interrupted)");
    for path in PATHS {
        let ends = everywhere(Plan { hangs: "B.s", ..Plan::default() }, path, "0n").await;
        assert_eq!((path, ends), (path, [(); 4].map(|()| expected.clone())));
    }
}

#[tokio::test]
async fn a_start_that_rejects_a_late_call_has_its_status() {
    let expected = end("10", "A.s B.s A.f(Aborted)");
    for path in PATHS {
        let ends = everywhere(Plan { fails: "B.s", ..Plan::default() }, path, "0n").await;
        assert_eq!((path, ends), (path, [(); 4].map(|()| expected.clone())));
    }
}

/// Uses up all the time of the call without a pending poll.
#[interceptor]
async fn dawdles(call: &Call) -> Result<(), Status> {
    let deadline = call.deadline().expect("the client has sent one");
    while Instant::now() < deadline {
        std::thread::yield_now();
    }
    Ok(())
}

/// Sets a deadline that has passed, as a limit of the server would.
#[interceptor]
async fn hurries(call: &Call, rest: impl Rest) -> Result<(), Status> {
    call.limit_deadline(Instant::now());
    rest.await
}

/// Each of them runs in front of a handler.
#[derive(Clone)]
struct Slow(Tracer);

#[interceptor(Traced("A", &self.0))]
impl Probe for Slow {
    #[interceptor(dawdles())]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        self.0.event("H").map(|()| Pong::default())
    }

    #[interceptor(hurries())]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        self.0.event("H").map(|()| Pong::default())
    }
}

#[tokio::test]
async fn time_that_passes_before_the_handler_counts() {
    let tracer = Tracer::default();
    let slow = Slow(tracer.clone());
    for (path, timeout) in [("/probe.Probe/Echo", "1m"), ("/probe.Probe/GetURL", "1H")] {
        let expected = end("4", "A.s A.f(DeadlineExceeded)");
        let generated = of(ProbeServer::new(slow.clone()), &tracer, late(path, timeout)).await;
        let mount = Mount::<_, ProbeServer<_>>::new(slow.clone());
        let mount = of(mount, &tracer, late(path, timeout)).await;
        assert_eq!((path, generated, mount), (path, expected.clone(), expected));
    }
    let expected = end("4", "A.s A.f(DeadlineExceeded)");
    for path in PATHS {
        let chain = || (Traced("A", tracer.clone()), dawdles());
        let layered = of(layer(chain()).layer(Handler(tracer.clone())), &tracer, late(path, "1m")).await;
        let sent = of(client(Handler(tracer.clone()), chain()), &tracer, late(path, "1m")).await;
        assert_eq!((path, layered, sent), (path, expected.clone(), expected.clone()));
        let chain = || (Traced("A", tracer.clone()), hurries());
        let layered = of(layer(chain()).layer(Handler(tracer.clone())), &tracer, late(path, "1H")).await;
        let sent = of(client(Handler(tracer.clone()), chain()), &tracer, late(path, "1H")).await;
        assert_eq!((path, layered, sent), (path, expected.clone(), expected.clone()));
    }
}

/// Lets the time of the call pass while it runs.
#[interceptor]
async fn asks(message: &Ping, call: &Call, tracer: &Tracer) -> Result<String, Status> {
    tracer.event("g")?;
    call.limit_deadline(Instant::now());
    Ok(message.text.clone())
}

/// A service with a guard in front of its handler.
#[derive(Clone)]
struct Asked(Tracer);

#[interceptor(Traced("A", &self.0))]
impl Probe for Asked {
    #[interceptor(text = asks(&request, &self.0))]
    async fn echo(&self, request: Ping, text: &String) -> Result<Pong, Status> {
        let _ = (request, text);
        self.0.event("H").map(|()| Pong::default())
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

#[tokio::test]
async fn time_that_passes_in_a_guard_counts() {
    let tracer = Tracer::default();
    let (path, expected) = ("/probe.Probe/Echo", end("4", "A.s A.r g A.f(DeadlineExceeded)"));
    let server = || ProbeServer::new(Asked(tracer.clone()));
    assert_eq!(of(server(), &tracer, late(path, "1H")).await, expected);
    assert_eq!(of(layer(()).layer(server()), &tracer, late(path, "1H")).await, expected);
    let mount = Mount::<_, ProbeServer<_>>::new(Asked(tracer.clone()));
    assert_eq!(of(mount, &tracer, late(path, "1H")).await, expected);
}

/// Returns the code of a call over TCP, whose whole request is sent at once.
async fn over_tcp(addr: SocketAddr, path: &str) -> String {
    let body = Body::new(Full::new(raw::frame(&hello("a"))));
    let request = raw::request(path).header("grpc-timeout", "0n").body(body).unwrap();
    raw::reply(addr, request).await.get("grpc-status").unwrap().to_owned()
}

#[tokio::test]
async fn a_late_call_over_tcp_has_the_code_of_a_deadline() {
    let tracer = Tracer::default();
    let service = || Traceable { tracer: tracer.clone(), ..Traceable::default() };
    let generated = serve(GreeterServer::new(service())).await;
    let mount = serve(Mount::new(service())).await;
    let chain = (Traced("A", tracer.clone()), Traced("B", tracer.clone()));
    let layered = serve(layer(chain).layer(Handler(tracer.clone()))).await;
    for path in PATHS {
        assert_eq!((path, over_tcp(mount, path).await), (path, "4".to_owned()));
        assert_eq!((path, over_tcp(layered, path).await), (path, "4".to_owned()));
        // tonic's own timer answers CANCELLED if it is the first to see that the time is over.
        assert!(["1", "4"].contains(&over_tcp(generated, path).await.as_str()));
        tracer.until(|trace| trace.is_empty() || trace.contains("A.f")).await;
        assert!(!tracer.take().contains('H'), "{path}");
    }
}

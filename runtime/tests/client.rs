//! A chain on the way out.

mod support;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use support::tracer::{Plan, Traced, Tracer};
use support::{hello, replies, serve, surely};
use tokio::sync::oneshot;
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response};
use tower_layer::Layer;
use vestibule::extract::CallDeadline;
use vestibule::{Call, Client, Code, Interceptor, Rest, Status, Streaming, client, interceptor};
use vestibule_interceptors::{Deadline, PropagateDeadline};

/// Answers each call with what its metadata says.
#[derive(Clone, Default)]
struct Server {
    tracer: Tracer,
    /// The `grpc-timeout` of each call.
    timeouts: Arc<Mutex<Vec<Option<Duration>>>>,
    /// Another one to ask, with the rest of the time.
    next: Option<GreeterClient<Client<Channel>>>,
}

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

#[interceptor]
async fn note_timeout(timeouts: &Mutex<Vec<Option<Duration>>>, call: &Call) -> Result<(), Status> {
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
        deadline: CallDeadline,
    ) -> Result<Response<HelloResponse>, Status> {
        self.tracer.async_event("H").await?;
        match (&*request.get_ref().name, self.next.clone()) {
            ("ask", Some(mut next)) => next.say_hello(hello("asked")).await,
            ("ask in a task", Some(mut next)) => {
                let mut request = Request::new(hello("asked"));
                request.extensions_mut().insert(deadline);
                tokio::spawn(async move { next.say_hello(request).await }).await.unwrap()
            }
            ("be late", Some(mut next)) => {
                tokio::time::sleep(deadline.remaining().unwrap()).await;
                next.say_hello(hello("asked")).await
            }
            (name, _) => Ok(Response::new(reply(name.to_owned() + tenant.as_deref().unwrap_or("")))),
        }
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

fn channel(addr: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{addr}")).unwrap().connect_lazy()
}

/// A client whose chain traces, of a server that notes in the same trace when its handler runs.
async fn traced(tracer: &Tracer) -> GreeterClient<Client<Channel>> {
    let server = Server { tracer: tracer.clone(), ..Server::default() };
    let addr = serve(GreeterServer::new(server)).await;
    GreeterClient::new(client(channel(addr), (Traced("A", tracer.clone()), Traced("B", tracer.clone()))))
}

fn names() -> impl Stream<Item = HelloRequest> {
    tokio_stream::iter(["a", "b"].map(hello))
}

fn told(status: &Status) -> (Code, &str) {
    (status.code(), status.message())
}

#[tokio::test]
async fn each_shape_has_its_trace() {
    let tracer = Tracer::default();
    let mut client = traced(&tracer).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = replies(client.lots_of_replies(hello("a b")).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.w A.w B.f(ok) A.f(ok)");
    assert_eq!(client.lots_of_greetings(names()).await.unwrap().into_inner().reply, "a b");
    assert_eq!(tracer.take(), "A.s B.s A.r B.r A.r B.r H B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = replies(client.bidi_hello(names()).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r A.r B.r H B.w A.w B.w A.w B.f(ok) A.f(ok)");
}

#[tokio::test]
async fn a_start_that_rejects_sends_nothing() {
    let tracer = Tracer::new(Plan { fails: "B.s", ..Plan::default() });
    let mut client = traced(&tracer).await;
    let rejected = [
        client.say_hello(hello("a")).await.unwrap_err(),
        client.lots_of_replies(hello("a")).await.unwrap_err(),
        client.lots_of_greetings(names()).await.unwrap_err(),
        client.bidi_hello(names()).await.unwrap_err(),
    ];
    for status in rejected {
        assert_eq!(told(&status), (Code::Aborted, "B.s"));
    }
    assert_eq!(tracer.take(), ["A.s B.s A.f(Aborted)"; 4].join(" "));
}

#[tokio::test]
async fn a_request_that_is_rejected_ends_the_call() {
    let tracer = Tracer::new(Plan { fails: "A.r", after: 1, ..Plan::default() });
    let mut client = traced(&tracer).await;
    // The server may have been called; it does not have all.
    let status = client.lots_of_greetings(names()).await.unwrap_err();
    assert_eq!(told(&status), (Code::Aborted, "A.r"));
    assert!(tracer.take().ends_with("B.f(Aborted) A.f(Aborted)"));
}

#[tokio::test]
async fn a_reply_that_is_rejected_does_not_arrive() {
    let tracer = Tracer::new(Plan { fails: "B.w", after: 1, ..Plan::default() });
    let mut client = traced(&tracer).await;
    let (received, end) = replies(client.lots_of_replies(hello("a b c")).await).await;
    assert_eq!((received, end), (vec!["a".to_owned()], Err((Code::Aborted, "B.w".to_owned()))));
    assert!(tracer.take().ends_with("B.w A.w B.w B.f(Aborted) A.f(Aborted)"));
}

#[tokio::test]
async fn what_the_server_says_is_what_interceptors_and_the_caller_see() {
    let tracer = Tracer::new(Plan { fails: "H", ..Plan::default() });
    let mut client = traced(&tracer).await;
    assert_eq!(told(&client.say_hello(hello("a")).await.unwrap_err()), (Code::Aborted, "H"));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.f(Aborted) A.f(Aborted)");
    let tracer = Tracer::default();
    let mut client = traced(&tracer).await;
    let (received, end) = replies(client.lots_of_replies(hello("fail")).await).await;
    assert_eq!((received, end), (vec!["fail".to_owned()], Err((Code::DataLoss, "lost".to_owned()))));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(DataLoss) A.f(DataLoss)");
}

/// All that a stream yields, the end left out: names, and the codes of errors.
async fn items(stream: tonic::Streaming<HelloResponse>) -> Vec<Result<String, (Code, String)>> {
    let items = stream.map(|item| match item {
        Ok(reply) => Ok(reply.reply),
        Err(status) => Err((status.code(), status.message().to_owned())),
    });
    surely(items.collect()).await
}

#[tokio::test]
async fn a_stream_fails_once_as_that_of_tonics_own_client() {
    let requests = || tokio_stream::iter([hello("a")]);
    for (fails, panics) in [("", ""), ("H", ""), ("B.w", ""), ("A.r", ""), ("", "B.w"), ("", "A.f(ok)")] {
        let tracer = Tracer::new(Plan { fails, panics, ..Plan::default() });
        let mut ours = traced(&tracer).await;
        let (mut failed, mut others) = (Vec::new(), 0);
        for stream in [ours.lots_of_replies(hello("fail")).await, ours.bidi_hello(requests()).await] {
            match stream {
                Ok(stream) => failed.extend(items(stream.into_inner()).await),
                Err(status) => failed.push(Err((status.code(), status.message().to_owned()))),
            }
        }
        failed.retain(|item| {
            item.is_err() || {
                others += 1;
                false
            }
        });
        let expected = if (fails, panics) == ("", "") { 1 } else { 2 };
        assert_eq!(failed.len(), expected, "{fails} {panics}: {failed:?}");
    }
    // The same items as without us.
    let addr = serve(GreeterServer::new(Server::default())).await;
    let mut ours = GreeterClient::new(client(channel(addr), (Traced("A", Tracer::default()),)));
    let mut theirs = GreeterClient::new(channel(addr));
    let expected = items(theirs.lots_of_replies(hello("fail")).await.unwrap().into_inner()).await;
    assert_eq!(expected, [Ok("fail".to_owned()), Err((Code::DataLoss, "lost".to_owned()))]);
    assert_eq!(items(ours.lots_of_replies(hello("fail")).await.unwrap().into_inner()).await, expected);
}

#[tokio::test]
async fn a_stream_whose_deadline_passes_fails_once() {
    let mut client = traced(&Tracer::default()).await;
    let request = in_time(hello("forever"), Duration::from_millis(50));
    let items = items(client.lots_of_replies(request).await.unwrap().into_inner()).await;
    let late = Err((Code::DeadlineExceeded, "deadline exceeded".to_owned()));
    assert_eq!(items, [Ok("forever".to_owned()), late]);
}

/// An error that no server has sent keeps its source. tonic's `Streaming` yields it as often as an error of its own.
#[tokio::test]
async fn a_connection_that_is_lost_is_told_of_as_by_tonics_own_client() {
    let mut told = Vec::new();
    for is_ours in [true, false] {
        let (alive, gone) = oneshot::channel();
        let channel = channel(serve_until(gone).await);
        let stream = if is_ours {
            GreeterClient::new(client(channel, ())).lots_of_replies(hello("forever")).await
        } else {
            GreeterClient::new(channel).lots_of_replies(hello("forever")).await
        };
        let mut stream = stream.unwrap().into_inner();
        assert!(stream.message().await.unwrap().is_some());
        drop(alive);
        told.push(items(stream).await.len());
    }
    assert_eq!(told[0], told[1]);
}

/// A client may find its server under a prefix.
#[tokio::test]
async fn a_method_has_its_name_wherever_the_server_is() {
    #[interceptor]
    async fn name(call: &Call) -> Result<(), Status> {
        Err(Status::already_exists(format!("{} {}", call.method().path(), call.method().service())))
    }

    let origin = "http://example.com/some/where".parse().unwrap();
    let channel = Endpoint::from_static("http://127.0.0.1:1").connect_lazy();
    let mut client = GreeterClient::with_origin(client(channel, (name(),)), origin);
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(status.message(), "/pb.Greeter/SayHello pb.Greeter");
}

#[tokio::test]
async fn a_call_that_is_given_up_is_interrupted() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let mut client = traced(&tracer).await;
    let mut other = client.clone();
    let call = tokio::spawn(async move { other.say_hello(hello("a")).await });
    surely(tracer.shared.hanging.notified()).await;
    call.abort();
    tracer.finished().await;
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.f(interrupted) A.f(interrupted)");

    let tracer_of_stream = Tracer::default();
    client = traced(&tracer_of_stream).await;
    let mut stream = client.lots_of_replies(hello("forever")).await.unwrap().into_inner();
    stream.message().await.unwrap();
    drop(stream);
    assert_eq!(tracer_of_stream.take(), "A.s B.s A.r B.r H B.w A.w B.f(interrupted) A.f(interrupted)");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_says_why() {
    let tracer = Tracer::default();
    let channel = Endpoint::from_static("http://127.0.0.1:1").connect_lazy();
    let mut client = GreeterClient::new(client(channel, (Traced("A", tracer.clone()),)));
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(std::error::Error::source(&status).is_some(), "the cause is kept");
    assert_eq!(tracer.take(), "A.s A.f(Unavailable)");
}

/// Serves in a process-like world of its own, which ends when the sender is dropped.
async fn serve_until(gone: oneshot::Receiver<()>) -> SocketAddr {
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

#[tokio::test]
async fn a_reply_that_breaks_off_is_an_error() {
    let tracer = Tracer::default();
    let (alive, gone) = oneshot::channel();
    let channel = channel(serve_until(gone).await);
    let mut client = GreeterClient::new(client(channel, (Traced("A", tracer.clone()),)));
    let mut stream = client.lots_of_replies(hello("forever")).await.unwrap().into_inner();
    stream.message().await.unwrap();
    drop(alive);
    let status = stream.message().await.unwrap_err();
    assert_eq!(tracer.take(), format!("A.s A.r A.w A.f({:?})", status.code()));
}

/// Whatever tonic's client takes will do: here, a server in the same process.
#[tokio::test]
async fn there_need_be_no_channel() {
    let tracer = Tracer::default();
    let server = GreeterServer::new(Server::default());
    let mut client = GreeterClient::new(client(server, (Traced("A", tracer.clone()),)));
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    let (received, end) = replies(client.bidi_hello(names()).await).await;
    assert_eq!((received.join(" "), end), ("a b".to_owned(), Ok(())));
    assert_eq!(tracer.take(), "A.s A.r A.w A.f(ok) A.s A.r A.r A.w A.w A.f(ok)");
}

#[tokio::test]
async fn compression_and_large_messages_are_the_clients_own_affair() {
    use tonic::codec::CompressionEncoding::Gzip;

    let server = GreeterServer::new(Server::default()).accept_compressed(Gzip).send_compressed(Gzip);
    let addr = serve(server).await;
    let mut client =
        GreeterClient::new(client(channel(addr), ())).send_compressed(Gzip).accept_compressed(Gzip);
    let large = "x".repeat(3 << 20);
    assert_eq!(client.say_hello(hello(&large)).await.unwrap().into_inner().reply, large);
}

// ===== Metadata =====

#[tokio::test]
async fn metadata_is_added_in_place_of_what_is_there() {
    #[interceptor]
    async fn of_tenant(name: &'static str, call: &Call) -> Result<(), Status> {
        call.outgoing_metadata().insert("x-tenant", name.parse().unwrap());
        call.outgoing_metadata().insert("grpc-timeout", "1n".parse().unwrap());
        call.outgoing_metadata().insert("content-type", "text/html".parse().unwrap());
        Ok(())
    }

    let addr = serve(GreeterServer::new(Server::default())).await;
    let mut client = GreeterClient::new(client(channel(addr), (of_tenant("green"), of_tenant("blue"))));
    let mut request = Request::new(hello("a"));
    request.metadata_mut().insert("x-tenant", "red".parse().unwrap());
    assert_eq!(client.say_hello(request).await.unwrap().into_inner().reply, "ablue");
}

#[tokio::test]
async fn an_interceptor_may_replace_the_status_and_read_trailers() {
    #[interceptor]
    async fn translate(call: &Call, rest: impl Rest) -> Result<(), Status> {
        let result = rest.await;
        call.trailers().insert("x-seen", "yes".parse().unwrap());
        result.map_err(|status| Status::not_found(format!("was {:?}", status.code())))
    }

    let tracer = Tracer::new(Plan { fails: "H", after: 1, ..Plan::default() });
    let server = Server { tracer, ..Server::default() };
    let addr = serve(GreeterServer::new(server)).await;
    let mut client = GreeterClient::new(client(channel(addr), (translate(),)));
    assert_eq!(client.say_hello(hello("a")).await.unwrap().metadata().get("x-seen").unwrap(), "yes");
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(told(&status), (Code::NotFound, "was Aborted"));
    assert_eq!(status.metadata().get("x-seen").unwrap(), "yes");
}

// ===== Deadlines =====

fn in_time<T>(message: T, timeout: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(timeout);
    request
}

#[tokio::test]
async fn a_deadline_that_passes_has_its_code_in_every_shape() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let mut client = traced(&tracer).await;
    let timeout = Duration::from_millis(20);
    for _ in 0..20 {
        let late = [
            client.say_hello(in_time(hello("a"), timeout)).await.unwrap_err(),
            client.lots_of_replies(in_time(hello("a"), timeout)).await.unwrap_err(),
            client.lots_of_greetings(in_time(tokio_stream::pending(), timeout)).await.unwrap_err(),
            client.bidi_hello(in_time(tokio_stream::pending(), timeout)).await.unwrap_err(),
        ];
        for status in late {
            assert_eq!(told(&status), (Code::DeadlineExceeded, "deadline exceeded"));
        }
    }
    assert!(tracer.take().ends_with("B.f(DeadlineExceeded) A.f(DeadlineExceeded)"));
}

#[tokio::test]
async fn a_deadline_ends_a_stream_in_its_midst() {
    let mut client = traced(&Tracer::default()).await;
    let request = in_time(hello("forever"), Duration::from_millis(50));
    let (received, end) = replies(client.lots_of_replies(request).await).await;
    assert_eq!((received, end.unwrap_err().0), (vec!["forever".to_owned()], Code::DeadlineExceeded));
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

/// A server that asks another one, which notes how much time it is given.
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
            Ok(support::pong(reply))
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
    let mut client = support::connect(serve(ProbeServer::new(Limited(next))).await).await;
    client.echo(support::ping(&[])).await.unwrap();
    assert!(timeouts.lock().unwrap()[0].unwrap() <= Duration::from_secs(3));
}

#[tokio::test]
async fn a_start_that_takes_too_long_ends_with_the_deadline() {
    #[interceptor]
    async fn dawdle() -> Result<(), Status> {
        std::future::pending().await
    }

    let tracer = Tracer::default();
    let chain = (Traced("A", tracer.clone()), dawdle());
    let mut client = GreeterClient::new(client(GreeterServer::new(Server::default()), chain));
    let status = client.say_hello(in_time(hello("a"), Duration::from_millis(20))).await.unwrap_err();
    assert_eq!(told(&status), (Code::DeadlineExceeded, "deadline exceeded"));
    assert_eq!(tracer.take(), "A.s A.f(interrupted)");
}

#[tokio::test]
async fn what_wraps_a_call_has_its_say_after_the_deadline() {
    #[interceptor]
    async fn costs(call: &Call, rest: impl Rest) -> Result<(), Status> {
        let result = rest.await;
        call.trailers().insert("x-cost", "3".parse().unwrap());
        result
    }

    #[interceptor]
    async fn dawdle() -> Result<(), Status> {
        std::future::pending().await
    }

    let addr = serve(GreeterServer::new(Server::default())).await;
    let mut client = GreeterClient::new(client(channel(addr), (costs(), dawdle())));
    let mut request = Request::new(hello("a"));
    request.set_timeout(Duration::from_millis(50));
    let status = client.say_hello(request).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(status.metadata().get("x-cost").unwrap(), "3");
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

#[tokio::test]
async fn without_any_time_nothing_is_sent() {
    let server = Server::default();
    let timeouts = Arc::clone(&server.timeouts);
    let mut client = GreeterClient::new(client(GreeterServer::new(server), ()));
    let status = client.say_hello(in_time(hello("a"), Duration::ZERO)).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(timeouts.lock().unwrap().is_empty());
}

/// tonic has UNKNOWN or CANCELLED for it.
#[tokio::test]
async fn a_connection_that_is_lost_before_the_reply_is_unavailable() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    for says_hello in [false, true] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                if says_hello {
                    // Settings, and then nothing of what is asked.
                    stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
                    let _ = stream.read(&mut [0; 4096]).await;
                }
            }
        });
        let mut client = GreeterClient::new(client(channel(addr), ()));
        let status = client.say_hello(hello("a")).await.unwrap_err();
        assert_eq!((says_hello, status.code()), (says_hello, Code::Unavailable), "{status}");
        assert!(std::error::Error::source(&status).is_some(), "the cause is kept");
    }
}

#[tokio::test]
async fn the_timeout_of_an_endpoint_is_a_deadline() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let addr = serve(GreeterServer::new(Server { tracer, ..Server::default() })).await;
    let endpoint =
        Endpoint::from_shared(format!("http://{addr}")).unwrap().timeout(Duration::from_millis(20));
    let mut client = GreeterClient::new(client(endpoint.connect_lazy(), ()));
    assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::DeadlineExceeded);
}

/// Credentials and the deadline go along in each shape.
#[tokio::test]
async fn what_a_client_adds_it_adds_in_every_shape() {
    use vestibule_interceptors::{Credentials, Token};

    /// What of it a call has.
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
    let addr = serve(noted.layer(GreeterServer::new(Server::default()))).await;
    let credentials = Credentials::new(|| async { Token::bearer("s3cret") }).allow_plaintext();
    let mut client = GreeterClient::new(client(channel(addr), (credentials, PropagateDeadline::new())));
    let deadline = CallDeadline::from(Instant::now() + Duration::from_secs(60));
    fn with<T>(message: T, deadline: CallDeadline) -> Request<T> {
        let mut request = Request::new(message);
        request.extensions_mut().insert(deadline);
        request
    }
    client.say_hello(with(hello("a"), deadline)).await.unwrap();
    assert!(replies(client.lots_of_replies(with(hello("a"), deadline)).await).await.1.is_ok());
    client.lots_of_greetings(with(names(), deadline)).await.unwrap();
    assert!(replies(client.bidi_hello(with(names(), deadline)).await).await.1.is_ok());
    let expected = ["SayHello", "LotsOfReplies", "LotsOfGreetings", "BidiHello"];
    assert_eq!(*seen.lock().unwrap(), expected.map(|name| format!("{name} Bearer s3cret true")));
}

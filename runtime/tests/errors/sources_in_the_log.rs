//! What the client does not see of an error is logged once, for every code.

use std::error::Error;
use std::sync::Arc;

use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio_stream::Stream;
use vestibule::{Call, Hooks, Interceptor, Method, Rest, Status, Streaming, grpc_error, interceptor};

use super::leaky::{id, say};
use super::storage::{Cause, LINES, StorageError, cause, line};
use crate::support::log::{log_in, log_of};
use crate::support::{
    Setup, all_responses, answer, connect_greeter, hello, in_every_setup, ping, pong, probe_in, serve_in,
};

in_every_setup!(sync
    the_sources_are_logged_at_the_level_of_the_code,
    an_error_is_logged_once_however_many_levels_it_passes,
    the_sources_of_an_error_in_a_stream_are_logged,
    the_sources_of_a_plain_status_are_logged_once,
    an_interceptor_that_fails_has_its_sources_logged,
    the_sources_of_a_request_stream_that_fails_stay_with_its_status,
);

// The other tests run in one setup only, because they make a status without a call.

struct Storage;

#[interceptor]
impl Probe for Storage {
    async fn echo(&self, request: Ping) -> Result<Pong, StorageError> {
        Err(StorageError::named(&request.text))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, StorageError> {
        Ok(pong(""))
    }
}

fn the_sources_are_logged_at_the_level_of_the_code(setup: Setup) {
    for (name, message, expected) in LINES {
        let (log, reply) = log_of(async { probe_in!(setup, Storage).echo(say(name)).await });
        assert_eq!(answer(reply).unwrap_err().1, message);
        assert_eq!(log, line(expected, "/probe.Probe/Echo"), "{name}");
    }
}

/// Three levels, of which one has hooks and one replaces the status.
struct Levels;

struct Watches;

impl Interceptor for Watches {
    type Provides = ();
    type Hooks = Counts;

    async fn start(&self, _call: &Call) -> Result<((), Counts), Status> {
        Ok(((), Counts))
    }
}

struct Counts;

impl<M: Method> Hooks<M> for Counts {}

#[interceptor]
async fn passes(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

/// Replaces the status. The first one is the source of the second.
#[interceptor]
async fn replaces(rest: impl Rest) -> Result<(), Status> {
    rest.await.map_err(|status| {
        let mut other = Status::unavailable("try again");
        other.set_source(Arc::new(status));
        other
    })
}

#[interceptor(outer = passes(), Watches, inner = passes())]
impl Probe for Levels {
    async fn echo(&self, request: Ping) -> Result<Pong, StorageError> {
        Err(StorageError::named(&request.text))
    }

    #[interceptor(replaces(), innermost = passes())]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, StorageError> {
        Err(StorageError::named(&request.text))
    }
}

fn an_error_is_logged_once_however_many_levels_it_passes(setup: Setup) {
    for (name, _, expected) in LINES {
        let (log, reply) = log_of(async { probe_in!(setup, Levels).echo(say(name)).await });
        assert!(reply.is_err());
        assert_eq!(log, line(expected, "/probe.Probe/Echo"), "{name}");
        let (log, reply) = log_of(async { probe_in!(setup, Levels).get_url(say(name)).await });
        assert_eq!(answer(reply).unwrap_err().1, "try again");
        let first = line(expected, "/probe.Probe/GetURL");
        assert!(log.starts_with(&first), "{name}: {log}");
        // The client does not see the message of the status that was replaced.
        let lines: Vec<_> = log.lines().skip(first.lines().count()).collect();
        assert_eq!(lines.len(), 1, "{name}: {log}");
        let second = "WARN vestibule: not sent to the client in full method=\"/probe.Probe/GetURL\" code=\"UNAVAILABLE\" error=\"try again: ";
        assert!(lines[0].trim().starts_with(second), "{name}: {log}");
        assert!(!lines[0].contains("digger"), "{name}: {log}");
    }
}

#[derive(Clone)]
struct Streams;

#[interceptor(passes())]
#[rpc(default_stubs)]
impl Greeter for Streams {
    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, StorageError>>, StorageError> {
        let first = Ok(HelloResponse { reply: "first".to_owned() });
        Ok(tokio_stream::iter([first, Err(StorageError::named(&request.name))]))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, StorageError> {
        drop(requests);
        let mut status = Status::aborted("no more");
        status.set_source(Arc::new(cause()));
        Ok(tokio_stream::iter([Err(status)]))
    }
}

fn the_sources_of_an_error_in_a_stream_are_logged(setup: Setup) {
    for (name, message, expected) in LINES {
        let (log, end) = log_of(async {
            let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Streams))).await;
            all_responses(client.lots_of_replies(hello(name)).await).await
        });
        assert_eq!(end.1.unwrap_err().1, message);
        assert_eq!(log, line(expected, "/pb.Greeter/LotsOfReplies"), "{name}");
    }
    let (log, end) = log_of(async {
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Streams))).await;
        all_responses(client.bidi_hello(tokio_stream::iter([hello("")])).await).await
    });
    assert_eq!(end.1.unwrap_err().1, "no more");
    let expected = "WARN partly kept code=\"ABORTED\" error=\"no more: cable cut: a digger\"";
    assert_eq!(log, line(expected, "/pb.Greeter/BidiHello"));
}

/// A service that attaches sources to statuses without `#[grpc_error]`.
struct Attaches;

#[interceptor(outer = passes(), Watches, inner = passes())]
impl Probe for Attaches {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Err(match request.text.as_str() {
            "from_error" => Status::from_error(Box::new(cause())),
            "no source" => Status::not_found("nothing"),
            _ => {
                let mut status = Status::failed_precondition("not yet");
                status.set_source(Arc::new(cause()));
                status
            }
        })
    }

    #[interceptor(replaces())]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        let mut status = Status::failed_precondition("not yet");
        status.set_source(Arc::new(cause()));
        Err(status)
    }
}

fn the_sources_of_a_plain_status_are_logged_once(setup: Setup) {
    let lines = [
        ("from_error", "ERROR partly kept code=\"UNKNOWN\" error=\"cable cut: a digger\""),
        ("no source", ""),
        ("attached", "WARN partly kept code=\"FAILED_PRECONDITION\" error=\"not yet: cable cut: a digger\""),
    ];
    for (name, expected) in lines {
        let (log, reply) = log_of(async { probe_in!(setup, Attaches).echo(say(name)).await });
        assert!(reply.is_err());
        assert_eq!(log, line(expected, "/probe.Probe/Echo"), "{name}");
    }
    let (log, reply) = log_of(async { probe_in!(setup, Attaches).get_url(ping(&[])).await });
    assert_eq!(answer(reply).unwrap_err().1, "try again");
    assert_eq!(log.matches("digger").count(), 1, "{log}");
    assert_eq!(log.lines().count(), 2, "{log}");
}

/// An interceptor that finds the source of a status finds the same as without a chain.
#[test]
fn a_chain_does_not_replace_the_source_of_a_status() {
    let (_, reply) = log_of(Attaches.echo(say("attached")));
    assert!(reply.unwrap_err().source().unwrap().is::<Cause>());
}

/// Interceptors fail in each of their forms.
struct Guarded;

#[interceptor]
async fn fails() -> Result<(), StorageError> {
    Err(StorageError::Unavailable(cause()))
}

struct Fails;

impl Interceptor for Fails {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Err(StorageError::Unavailable(cause()).into())
    }
}

struct FailsLater;

impl Interceptor for FailsLater {
    type Provides = ();
    type Hooks = Self;

    async fn start(&self, _call: &Call) -> Result<((), Self), Status> {
        Ok(((), Self))
    }
}

impl<M: Method> Hooks<M> for FailsLater {
    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        let mut status = Status::unavailable("storage is down");
        status.set_source(Arc::new(cause()));
        Err(status)
    }
}

#[interceptor]
async fn chooses(#[metadata("x-form")] form: Option<&str>) -> Result<(), StorageError> {
    if form == Some("function") { Err(StorageError::Unavailable(cause())) } else { Ok(()) }
}

#[interceptor(passes(), chooses())]
impl Probe for Guarded {
    #[interceptor(Fails)]
    async fn echo(&self, _request: Ping) -> Result<Pong, StorageError> {
        Ok(pong(""))
    }

    #[interceptor(FailsLater)]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, StorageError> {
        Ok(pong(""))
    }
}

fn an_interceptor_that_fails_has_its_sources_logged(setup: Setup) {
    let expected = "WARN partly kept code=\"UNAVAILABLE\" error=\"storage is down: cable cut: a digger\"";
    let (log, _) = log_of(async { probe_in!(setup, Guarded).echo(ping(&[])).await });
    assert_eq!(log, line(expected, "/probe.Probe/Echo"));
    let (log, _) = log_of(async { probe_in!(setup, Guarded).get_url(ping(&[])).await });
    assert_eq!(log, line(expected, "/probe.Probe/GetURL"));
    let (log, _) = log_of(async { probe_in!(setup, Guarded).echo(ping(&[("x-form", "function")])).await });
    assert_eq!(log, line(expected, "/probe.Probe/Echo"));
}

/// An error that keeps the status of a request stream. It is converted back with its code and its source.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
enum UploadError {
    #[error(transparent)]
    #[status(transparent)]
    Stream(#[from] Status),
    #[error("an empty name")]
    #[status(InvalidArgument)]
    Empty,
}

#[derive(Clone)]
struct Uploads;

#[interceptor(rejects_messages())]
#[rpc(default_stubs)]
impl Greeter for Uploads {
    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, UploadError> {
        while let Some(request) = requests.message().await? {
            if request.name.is_empty() {
                return Err(UploadError::Empty);
            }
        }
        Ok(HelloResponse::default())
    }
}

fn rejects_messages() -> FailsLater {
    FailsLater
}

fn the_sources_of_a_request_stream_that_fails_stay_with_its_status(setup: Setup) {
    let (log, reply) = log_of(async {
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Uploads))).await;
        client.lots_of_greetings(tokio_stream::iter([hello("a")])).await
    });
    let status = reply.unwrap_err();
    assert_eq!((status.code(), status.message()), (vestibule::Code::Unavailable, "storage is down"));
    let expected = "WARN partly kept code=\"UNAVAILABLE\" error=\"storage is down: cable cut: a digger\"";
    assert_eq!(log, line(expected, "/pb.Greeter/LotsOfGreetings"));
}

/// A prefix changes the message, and not what is logged.
#[test]
fn a_prefix_does_not_log_the_sources_again() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    #[status(transparent, prefix = "up: ")]
    struct Up(Status);

    for (name, message, expected) in LINES {
        let (log, status) = log_in(|| Status::from(Up(StorageError::named(name).into())));
        assert_eq!((log.as_str(), status.message()), ("", &*format!("up: {message}")));
        let (log, ()) = log_in(|| drop(status));
        assert_eq!(log, line(expected, "").replace(" method=\"\"", ""), "{name}");
    }
    let (log, ()) = log_in(|| drop(Status::from(Up(Status::from_error(Box::new(cause()))))));
    let expected = "ERROR vestibule: not sent to the client in full code=\"UNKNOWN\" error=\"up: cable cut: cable cut: a digger\"";
    assert_eq!(log, expected);
    let (log, message) = log_in(|| Status::from(Up(StorageError::named("lost").into())).message().to_owned());
    let id = id(message.strip_prefix("up: ").unwrap(), "data loss");
    let expected = format!(
        "ERROR vestibule: kept from the client code=\"DATA_LOSS\" id=\"{id}\" error=\"storage is down: cable cut: a digger\""
    );
    assert_eq!(log, expected);
}

/// Without a chain, the method is not known.
#[test]
fn outside_a_chain_the_sources_are_logged_when_the_status_is_dropped() {
    let (log, ()) = log_in(|| drop(Status::from(StorageError::Unavailable(cause()))));
    let expected = "WARN vestibule: not sent to the client in full code=\"UNAVAILABLE\" error=\"storage is down: cable cut: a digger\"";
    assert_eq!(log, expected);
}

/// Clones of a status share what is logged.
#[test]
fn a_copy_of_a_status_logs_nothing_again() {
    let (log, ()) = log_in(|| {
        let status = Status::from(StorageError::named("unavailable"));
        drop(status.clone());
        drop(Status::from(StorageError::named("unlogged")));
        drop(status);
    });
    assert_eq!(log.lines().count(), 1, "{log}");
}

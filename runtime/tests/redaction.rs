//! What a client must not read of an error, and who reads it instead.

mod support;

use std::error::Error;
use std::fmt;

use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use support::log::{log_in, log_of};
use support::{answer, hello, ping, pong, raw, serve};
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response};
use vestibule::{Code, IntoStatus, Rest, Status, Streaming, code_name, grpc_error, interceptor};

const SECRET: &str = "correct-horse-battery";

#[derive(Debug, thiserror::Error)]
#[error("password is {SECRET}")]
struct Cause;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("failed with {SECRET}")]
enum Leaky {
    #[status(Internal)]
    Internal(#[source] Cause),
    #[status(Unknown)]
    Unknown(#[source] Cause),
    #[status(DataLoss)]
    DataLoss(#[source] Cause),
    #[error("there is nothing")]
    #[status(NotFound)]
    NotFound,
    #[status(Internal, expose)]
    Exposed,
    #[status(Unknown, expose, message = "said on purpose")]
    Worded,
}

impl Leaky {
    fn of(name: &str) -> Self {
        match name {
            "INTERNAL" => Self::Internal(Cause),
            "UNKNOWN" => Self::Unknown(Cause),
            "DATA_LOSS" => Self::DataLoss(Cause),
            "NOT_FOUND" => Self::NotFound,
            "worded" => Self::Worded,
            _ => Self::Exposed,
        }
    }
}

struct Service;

#[interceptor]
impl Probe for Service {
    async fn echo(&self, request: Ping) -> Result<Pong, Leaky> {
        Err(Leaky::of(&request.text))
    }

    async fn get_url(&self, request: Ping) -> Result<Pong, Box<dyn Error + Send + Sync>> {
        Err(Leaky::of(&request.text))?
    }
}

#[derive(Clone)]
struct Streams;

#[interceptor]
#[rpc(default_stubs)]
impl Greeter for Streams {
    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Leaky>>, Leaky> {
        let replies = [Ok(HelloResponse { reply: "first".to_owned() }), Err(Leaky::of(&request.name))];
        Ok(tokio_stream::iter(replies))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, anyhow::Error>>, Leaky> {
        Ok(requests.map(|request| Err(Leaky::of(&request?.name).into())))
    }
}

fn say(text: &str) -> Request<Ping> {
    let mut request = ping(&[]);
    request.get_mut().text = text.to_owned();
    request
}

const REDACTED: [(&str, &str); 3] =
    [("INTERNAL", "internal error"), ("UNKNOWN", "unknown error"), ("DATA_LOSS", "data loss")];

/// The fixed text, and the id in it.
fn id(message: &str, text: &str) -> String {
    let id = message.strip_prefix(&format!("{text} (id ")).and_then(|rest| rest.strip_suffix(')'));
    let id = id.unwrap_or_else(|| panic!("{message}")).to_owned();
    assert!(id.len() == 8 && id.chars().all(|c| c.is_ascii_hexdigit()), "{id}");
    id
}

#[tokio::test]
async fn a_single_reply_does_not_hold_the_secret() {
    let addr = serve(ProbeServer::new(Service)).await;
    for (code, text) in REDACTED {
        let reply = raw::call(addr, "/probe.Probe/Echo", &Ping { text: code.to_owned() }).await;
        assert!(!reply.contains(SECRET), "{code}");
        let message = percent_encoding::percent_decode_str(reply.get("grpc-message").unwrap());
        id(&message.decode_utf8().unwrap(), text);
    }
    let exposed = raw::call(addr, "/probe.Probe/Echo", &Ping { text: "exposed".to_owned() }).await;
    assert!(exposed.contains(SECRET), "the search finds what is there");
}

#[tokio::test]
async fn an_error_in_a_stream_does_not_hold_the_secret() {
    let addr = serve(GreeterServer::new(Streams)).await;
    for (code, text) in REDACTED {
        for (method, text) in [("LotsOfReplies", text), ("BidiHello", "internal error")] {
            let reply = raw::call(addr, &format!("/pb.Greeter/{method}"), &hello(code)).await;
            assert_eq!(reply.body.is_empty(), method == "BidiHello");
            assert!(!reply.contains(SECRET), "{code}");
            let message = percent_encoding::percent_decode_str(reply.get("grpc-message").unwrap());
            id(&message.decode_utf8().unwrap(), text);
        }
    }
    let exposed = raw::call(addr, "/pb.Greeter/LotsOfReplies", &hello("exposed")).await;
    assert!(exposed.contains(SECRET), "the search finds what is there");
}

#[tokio::test]
async fn exposed_is_what_the_author_exposes() {
    let message = |text| async move { answer(Service.echo(say(text)).await).unwrap_err() };
    assert_eq!(message("exposed").await, (Code::Internal, format!("failed with {SECRET}")));
    assert_eq!(message("worded").await, (Code::Unknown, "said on purpose".to_owned()));
}

#[test]
fn the_log_has_all_of_it_with_the_method_and_the_id() {
    for (code, text) in REDACTED {
        let (log, reply) = log_of(Service.echo(say(code)));
        let id = id(reply.unwrap_err().message(), text);
        let expected = format!(
            "ERROR vestibule: kept from the client method=\"/probe.Probe/Echo\" code=\"{code}\" id=\"{id}\" error=\"failed with {SECRET}: password is {SECRET}\""
        );
        assert_eq!(log, expected);
    }
}

#[test]
fn what_the_client_reads_is_not_logged() {
    for text in ["NOT_FOUND", "exposed"] {
        let (log, reply) = log_of(Service.echo(say(text)));
        assert!(reply.is_err());
        assert_eq!(log, "");
    }
}

#[test]
fn an_error_in_a_stream_is_logged_likewise() {
    for (code, _) in REDACTED {
        let (log, end) = log_of(async {
            let request = HelloRequest { name: code.to_owned() };
            let stream = Streams.lots_of_replies(Request::new(request)).await.unwrap();
            StreamExt::collect::<Vec<_>>(stream.into_inner()).await.pop()
        });
        assert!(end.unwrap().is_err());
        assert!(
            log.starts_with("ERROR vestibule: kept from the client method=\"/pb.Greeter/LotsOfReplies\""),
            "{log}"
        );
        assert_eq!(log.lines().count(), 1, "{log}");
    }
}

#[test]
fn a_boxed_error_is_internal_whatever_is_in_it() {
    let (log, reply) = log_of(Service.get_url(say("NOT_FOUND")));
    let status = reply.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    let id = id(status.message(), "internal error");
    assert!(log.contains(&format!("id=\"{id}\" error=\"there is nothing")), "{log}");
}

/// An interceptor that replaces the status does not keep the operator from reading the first one.
struct Replaced;

#[interceptor]
async fn replace(rest: impl Rest) -> Result<(), Status> {
    rest.await.map_err(|_| Status::unavailable("try again"))
}

#[interceptor]
async fn fails() -> Result<(), Leaky> {
    Err(Leaky::Internal(Cause))
}

#[interceptor(replace())]
impl Probe for Replaced {
    async fn echo(&self, _request: Ping) -> Result<Pong, Leaky> {
        Err(Leaky::Internal(Cause))
    }

    #[interceptor(fails())]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[test]
fn a_status_that_is_replaced_is_logged_before() {
    for path in ["Echo", "GetUrl"] {
        let (log, reply) = log_of(async {
            if path == "Echo" { Replaced.echo(ping(&[])).await } else { Replaced.get_url(ping(&[])).await }
        });
        assert_eq!(answer(reply).unwrap_err().0, Code::Unavailable);
        assert!(log.contains(&format!("method=\"/probe.Probe/{path}\"")), "{log}");
        assert_eq!(log.lines().count(), 1, "{log}");
    }
}

/// Without a chain nobody knows the method, but nothing is lost.
#[test]
fn outside_a_chain_it_is_logged_when_the_status_is_gone() {
    let (log, status) = log_in(|| Status::from(Leaky::Internal(Cause)));
    assert_eq!(log, "");
    let copy = status.clone();
    let id = id(status.message(), "internal error");
    let (log, ()) = log_in(|| {
        drop(status);
        drop(copy);
    });
    let expected = format!(
        "ERROR vestibule: kept from the client code=\"INTERNAL\" id=\"{id}\" error=\"failed with {SECRET}: password is {SECRET}\""
    );
    assert_eq!(log, expected);
}

#[test]
fn ids_differ() {
    let ids: std::collections::HashSet<_> =
        (0..100).map(|_| Status::from(Leaky::Internal(Cause)).message().to_owned()).collect();
    assert_eq!(ids.len(), 100);
}

/// An error whose sources panic when they are printed is a panic of the handler.
#[test]
fn a_source_that_panics_when_it_is_printed_is_caught() {
    #[derive(Debug)]
    struct Panics;

    impl fmt::Display for Panics {
        fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("{SECRET}")
        }
    }

    impl Error for Panics {}

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("hidden")]
    #[status(Internal)]
    struct Hidden(#[source] Panics);

    struct Service;

    #[interceptor]
    impl Probe for Service {
        async fn echo(&self, _request: Ping) -> Result<Pong, Hidden> {
            Err(Hidden(Panics))
        }

        async fn get_url(&self, _request: Ping) -> Result<Pong, Hidden> {
            Err(Hidden(Panics))
        }
    }

    let (log, reply) = log_of(Service.echo(ping(&[])));
    assert_eq!(answer(reply).unwrap_err(), (Code::Internal, "internal error".to_owned()));
    assert!(log.contains("a call panicked"), "{log}");
}

/// The whole chain of sources is logged.
#[test]
fn all_sources_are_logged() {
    #[derive(Debug, thiserror::Error)]
    #[error("third")]
    struct Third;

    #[derive(Debug, thiserror::Error)]
    #[error("second")]
    struct Second(#[source] Third);

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("first")]
    #[status(Internal)]
    struct First(#[source] Second);

    let (log, ()) = log_in(|| drop(Status::from(First(Second(Third)))));
    assert!(log.ends_with("error=\"first: second: third\""), "{log}");
}

/// Not every error can be kept as it is: its texts are.
#[derive(Debug)]
struct Borrowed<'a>(&'a str);

impl fmt::Display for Borrowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[grpc_error]
#[derive(Debug)]
#[status(Internal)]
struct NotStatic<'a>(Borrowed<'a>, Cause);

impl fmt::Display for NotStatic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for NotStatic<'_> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.1)
    }
}

#[grpc_error]
#[status(Internal)]
struct NoError(std::rc::Rc<str>);

impl fmt::Display for NoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[test]
fn errors_that_cannot_be_kept_are_logged_as_text() {
    let text = "borrowed".to_owned();
    let (log, ()) = log_in(|| drop(Status::from(NotStatic(Borrowed(&text), Cause))));
    assert!(log.ends_with(&format!("error=\"borrowed: password is {SECRET}\"")), "{log}");
    let (log, ()) = log_in(|| drop(Status::from(NoError("local".into()))));
    assert!(log.ends_with("error=\"local\""), "{log}");
}

#[test]
fn boxes_of_every_kind_and_anyhow() {
    fn check<Via>(error: impl IntoStatus<Via>) {
        let (log, status) = log_in(|| {
            let status = error.into_status();
            assert_eq!(status.code(), Code::Internal);
            id(status.message(), "internal error")
        });
        assert!(log.contains(&format!("id=\"{status}\" error=")), "{log}");
        assert!(log.ends_with(&format!(": password is {SECRET}\"")), "{log}");
    }
    check::<_>(Box::<dyn Error>::from(Leaky::Internal(Cause)));
    check::<_>(Box::new(Leaky::Internal(Cause)) as Box<dyn Error + Send>);
    check::<_>(Box::<dyn Error + Send + Sync>::from(Leaky::Internal(Cause)));
    check::<_>(anyhow::Error::new(Cause).context("outer"));
}

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("{}", code_name(self.code()))]
enum EveryCode {
    #[status(Cancelled)]
    Cancelled,
    #[status(Unknown, expose)]
    Unknown,
    #[status(InvalidArgument)]
    InvalidArgument,
    #[status(DeadlineExceeded)]
    DeadlineExceeded,
    #[status(NotFound)]
    NotFound,
    #[status(AlreadyExists)]
    AlreadyExists,
    #[status(PermissionDenied)]
    PermissionDenied,
    #[status(ResourceExhausted)]
    ResourceExhausted,
    #[status(FailedPrecondition)]
    FailedPrecondition,
    #[status(Aborted)]
    Aborted,
    #[status(OutOfRange)]
    OutOfRange,
    #[status(Unimplemented)]
    Unimplemented,
    #[status(Internal, expose)]
    Internal,
    #[status(Unavailable)]
    Unavailable,
    #[status(DataLoss, expose)]
    DataLoss,
    #[status(Unauthenticated)]
    Unauthenticated,
}

impl EveryCode {
    const ALL: [Self; 16] = [
        Self::Cancelled,
        Self::Unknown,
        Self::InvalidArgument,
        Self::DeadlineExceeded,
        Self::NotFound,
        Self::AlreadyExists,
        Self::PermissionDenied,
        Self::ResourceExhausted,
        Self::FailedPrecondition,
        Self::Aborted,
        Self::OutOfRange,
        Self::Unimplemented,
        Self::Internal,
        Self::Unavailable,
        Self::DataLoss,
        Self::Unauthenticated,
    ];

    /// In the order of their numbers, which begins with `Ok`.
    fn code(&self) -> Code {
        let at =
            Self::ALL.iter().position(|other| std::mem::discriminant(other) == std::mem::discriminant(self));
        Code::from(i32::try_from(at.unwrap() + 1).unwrap())
    }
}

struct AnyCode;

#[grpc_error]
impl Probe for AnyCode {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, EveryCode> {
        let number: usize = request.get_ref().text.parse().unwrap();
        Err(EveryCode::ALL.into_iter().nth(number - 1).unwrap())
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, EveryCode> {
        Err(EveryCode::Aborted)
    }
}

#[tokio::test]
async fn every_code_arrives() {
    let addr = serve(ProbeServer::new(AnyCode)).await;
    let mut client = support::connect(addr).await;
    for number in 1..=16 {
        let code = Code::from(number);
        let answer = answer(client.echo(say(&number.to_string())).await).unwrap_err();
        assert_eq!(answer, (code, code_name(code).to_owned()));
    }
}

/// A service without a chain, of which one method converts its errors.
struct Plain;

#[tonic::async_trait]
impl Probe for Plain {
    #[grpc_error]
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Leaky> {
        if request.get_ref().text == "well" {
            return Ok(Response::new(pong("well")));
        }
        Err(Leaky::of(&request.into_inner().text))?
    }

    async fn get_url(&self, _request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Err(Leaky::NotFound)?
    }
}

#[tokio::test]
async fn a_method_of_a_plain_service_converts_its_errors() {
    let addr = serve(ProbeServer::new(Plain)).await;
    let mut client = support::connect(addr).await;
    assert_eq!(answer(client.echo(say("well")).await).unwrap(), "well");
    let not_found = (Code::NotFound, "there is nothing".to_owned());
    assert_eq!(answer(client.echo(say("NOT_FOUND")).await).unwrap_err(), not_found);
    assert_eq!(answer(client.get_url(say("")).await).unwrap_err(), not_found);
    let internal = answer(client.echo(say("INTERNAL")).await).unwrap_err();
    id(&internal.1, "internal error");
}

/// Forged keys would be read as part of the protocol.
struct Forger;

#[interceptor]
impl Probe for Forger {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        let mut status = Status::not_found("nothing");
        let metadata = status.metadata_mut().as_mut();
        metadata.insert("grpc-status-details-bin", "AAAA".parse().unwrap());
        metadata.insert("grpc-encoding", "br".parse().unwrap());
        metadata.insert("x-kept", "yes".parse().unwrap());
        Err(status)
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[tokio::test]
async fn metadata_of_a_status_forges_no_header() {
    let addr = serve(ProbeServer::new(Forger)).await;
    let reply = raw::call(addr, "/probe.Probe/Echo", &Ping::default()).await;
    assert_eq!(reply.get("grpc-status"), Some("5"));
    assert_eq!(reply.get("x-kept"), Some("yes"));
    assert_eq!((reply.get("grpc-status-details-bin"), reply.get("grpc-encoding")), (None, None));
}

#[test]
fn a_forged_key_is_warned_of() {
    let (log, _) = log_of(Forger.echo(ping(&[])));
    assert_eq!(log.lines().count(), 2, "{log}");
    let expected = "WARN vestibule: metadata of a status is dropped: the key is reserved method=\"/probe.Probe/Echo\" key=\"grpc-";
    assert!(log.lines().all(|line| line.trim().starts_with(expected)), "{log}");
}

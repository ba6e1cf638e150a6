//! No text of an `Internal`, `Unknown` or `DataLoss` error reaches a client, unless its author exposes it.

use proto::hello_stubs::greeter_server::GreeterServer;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::{Request, Response};
use vestibule::{Code, Status, code_name, grpc_error, interceptor};

use super::leaky::{Cause, Leaky, REDACTED, SECRET, Service, Streams, id, say};
use crate::support::log::log_of;
use crate::support::{Setup, answer, hello, in_every_setup, ping, pong, probe_in, raw, serve, serve_in};

in_every_setup!(
    an_error_that_its_author_exposes_is_read_by_the_client,
    a_single_response_does_not_hold_the_secret,
    an_error_in_a_stream_does_not_hold_the_secret,
    metadata_of_a_status_forges_no_header
);

in_every_setup!(sync a_forged_key_is_warned_of);

// These tests run in one setup only:
// - `each_redacted_error_has_an_id_of_its_own` makes statuses without a call.
// - `every_code_arrives` and `a_method_of_a_plain_service_converts_its_errors` serve services without a chain.

async fn a_single_response_does_not_hold_the_secret(setup: Setup) {
    let addr = serve_in!(setup, ProbeServer::new(Service));
    for (code, text) in REDACTED {
        let reply = raw::call(addr, "/probe.Probe/Echo", &Ping { text: code.to_owned() }).await;
        assert!(!reply.contains(SECRET), "{code}");
        let message = percent_encoding::percent_decode_str(reply.get("grpc-message").unwrap());
        id(&message.decode_utf8().unwrap(), text);
    }
    let exposed = raw::call(addr, "/probe.Probe/Echo", &Ping { text: "exposed".to_owned() }).await;
    assert!(exposed.contains(SECRET), "the search finds what is there");
}

async fn an_error_in_a_stream_does_not_hold_the_secret(setup: Setup) {
    let addr = serve_in!(setup, GreeterServer::new(Streams));
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

async fn an_error_that_its_author_exposes_is_read_by_the_client(setup: Setup) {
    let mut client = probe_in!(setup, Service);
    let mut message = async |text| answer(client.echo(say(text)).await).unwrap_err();
    assert_eq!(message("exposed").await, (Code::Internal, format!("failed with {SECRET}")));
    assert_eq!(message("worded").await, (Code::Unknown, "said on purpose".to_owned()));
}

#[test]
fn each_redacted_error_has_an_id_of_its_own() {
    let ids: std::collections::HashSet<_> =
        (0..100).map(|_| Status::from(Leaky::Internal(Cause)).message().to_owned()).collect();
    assert_eq!(ids.len(), 100);
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

    /// Returns the code by its number; the number of the first variant is 1.
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
    let mut client = crate::support::connect(addr).await;
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
    let mut client = crate::support::connect(addr).await;
    assert_eq!(answer(client.echo(say("well")).await).unwrap(), "well");
    let not_found = (Code::NotFound, "there is nothing".to_owned());
    assert_eq!(answer(client.echo(say("NOT_FOUND")).await).unwrap_err(), not_found);
    assert_eq!(answer(client.get_url(say("")).await).unwrap_err(), not_found);
    let internal = answer(client.echo(say("INTERNAL")).await).unwrap_err();
    id(&internal.1, "internal error");
}

/// Sets keys that a client would read as part of the protocol.
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

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

async fn metadata_of_a_status_forges_no_header(setup: Setup) {
    let addr = serve_in!(setup, ProbeServer::new(Forger));
    let reply = raw::call(addr, "/probe.Probe/Echo", &Ping::default()).await;
    assert_eq!(reply.get("grpc-status"), Some("5"));
    assert_eq!(reply.get("x-kept"), Some("yes"));
    assert_eq!((reply.get("grpc-status-details-bin"), reply.get("grpc-encoding")), (None, None));
}

fn a_forged_key_is_warned_of(setup: Setup) {
    let (log, _) = log_of(async { probe_in!(setup, Forger).echo(ping(&[])).await });
    assert_eq!(log.lines().count(), 2, "{log}");
    let expected = "WARN vestibule: metadata of a status is dropped: the key is reserved method=\"/probe.Probe/Echo\" key=\"grpc-";
    assert!(log.lines().all(|line| line.trim().starts_with(expected)), "{log}");
}

//! A status arrives, however much it says.

mod support;

use std::error::Error;
use std::net::SocketAddr;

use proptest::prelude::*;
use proto::hello_stubs as stubs;
use proto::hello_stubs::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use support::log::{log_in, log_of};
use support::{connect, ping, raw, serve};
use tokio_stream::Stream;
use tonic::{Request, Response};
use vestibule::details::{BadRequest, ErrorDetails, FieldViolation, HelpLink, LocalizedMessage, StatusExt};
use vestibule::{Code, Status, grpc_error, interceptor};

/// What grpc's C core takes without complaint, which is the least of all clients.
const LIMIT: usize = 8 * 1024;

#[grpc_error(domain = "size.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
#[status(FailedPrecondition)]
struct Large {
    #[status(default)]
    text: String,
    #[status(bad_request)]
    violations: Vec<FieldViolation>,
    #[status(localized_message)]
    localized: Option<LocalizedMessage>,
    #[status(help)]
    help: Vec<HelpLink>,
}

impl Large {
    fn new(text: String) -> Self {
        Self { text, violations: Vec::new(), localized: None, help: Vec::new() }
    }

    fn with_details(self, bytes: usize) -> Self {
        Self {
            violations: vec![FieldViolation::new("field", "d".repeat(bytes))],
            localized: Some(LocalizedMessage::new("fr", "m".repeat(bytes))),
            help: vec![HelpLink::new("h".repeat(bytes), "https://example.com")],
            ..self
        }
    }
}

/// Fails with the message as the text: as an error of ours, and as a plain status.
struct Failing;

#[interceptor]
impl Probe for Failing {
    async fn echo(&self, request: Ping) -> Result<Pong, Large> {
        Err(Large::new(request.text))
    }

    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Err(Status::failed_precondition(request.text))
    }
}

/// The same without a chain.
struct Plain;

#[tonic::async_trait]
impl Probe for Plain {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Err(Large::new(request.into_inner().text))?
    }

    async fn get_url(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Err(Large::new(request.into_inner().text).with_details(2_000))?
    }
}

#[derive(Clone)]
struct Streams;

#[interceptor]
#[rpc(default_stubs)]
impl stubs::greeter_server::Greeter for Streams {
    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Large>>, Status> {
        let replies = [Ok(HelloResponse::default()), Err(Large::new(request.name))];
        Ok(tokio_stream::iter(replies))
    }
}

fn texts() -> impl Iterator<Item = String> {
    let pieces = ["a", "a b", "{}", "\"#<>?`|~", "你好", "\u{0}\u{1}\n\u{7f}", "%zz%", "100%", "é\u{1f600}"];
    let sizes = [0, 1, 1_000, 2_500, 7_000, 7_600, 8_192, 15_000, 17_000, 100_000, 1 << 20];
    pieces.into_iter().flat_map(move |piece| sizes.map(|size| piece.repeat(size / piece.len())))
}

/// A client reads the code, and the message or the beginning of it with a word on the rest.
fn is_faithful(status: &Status, text: &str) {
    assert_eq!(status.code(), Code::FailedPrecondition, "{} bytes of {:.10}: {status:?}", text.len(), text);
    let message = status.message();
    if message == text {
        return;
    }
    let (kept, note) = message.rsplit_once("... [cut from ").unwrap_or_else(|| panic!("{message}"));
    assert!(text.starts_with(kept) && kept.len() > 500, "{} bytes are left", kept.len());
    assert_eq!(note, format!("{} bytes]", text.len()));
}

async fn check(addr: SocketAddr, methods: &[&str]) {
    let mut client = connect(addr).await;
    for text in texts() {
        let mut request = ping(&[]);
        request.get_mut().text.clone_from(&text);
        let message = request.get_ref().clone();
        for method in methods {
            let call = if *method == "Echo" {
                client.echo(message.clone()).await
            } else {
                client.get_url(message.clone()).await
            };
            is_faithful(&call.unwrap_err(), &text);
            let reply =
                raw::call(addr, &format!("/probe.Probe/{}", method.replace("Url", "URL")), &message).await;
            assert!(reply.header_list_size() < LIMIT, "{} of {:.10}", reply.header_list_size(), text);
        }
    }
}

#[tokio::test]
async fn any_message_arrives() {
    check(serve(ProbeServer::new(Failing)).await, &["Echo", "GetUrl"]).await;
}

#[tokio::test]
async fn any_message_arrives_without_a_chain() {
    check(serve(ProbeServer::new(Plain)).await, &["Echo"]).await;
}

#[tokio::test]
async fn any_message_arrives_at_the_end_of_a_stream() {
    let addr = serve(stubs::greeter_server::GreeterServer::new(Streams)).await;
    let mut client = support::connect_greeter(addr).await;
    for text in texts() {
        let request = support::hello(&text);
        let mut stream = client.lots_of_replies(request.clone()).await.unwrap().into_inner();
        assert!(stream.message().await.unwrap().is_some());
        is_faithful(&stream.message().await.unwrap_err(), &text);
        let reply = raw::call(addr, "/pb.Greeter/LotsOfReplies", &request).await;
        assert!(reply.header_list_size() < LIMIT, "{}", reply.header_list_size());
    }
}

/// All there are, in an order of no meaning.
#[test]
fn details_go_in_the_order_of_their_use() {
    let big = "x".repeat(600);
    let mut details = ErrorDetails::new();
    details
        .set_debug_info(vec![big.clone()], "")
        .add_help_link(&big, "")
        .set_request_info(&big, "")
        .set_localized_message("en", &big)
        .set_resource_info(&big, "", "", "")
        .add_precondition_failure_violation("", "", &big)
        .add_quota_failure_violation("", &big)
        .add_bad_request_violation("", &big)
        .set_retry_info(Some(std::time::Duration::from_secs(1)))
        .set_error_info(&big, "", std::collections::HashMap::new());
    let mut whole = tonic_types::Status {
        code: Code::Aborted as i32,
        message: "m".to_owned(),
        details: <tonic_types::Status as prost::Message>::decode(
            Status::with_error_details(Code::Aborted, "m", details).details(),
        )
        .unwrap()
        .details,
    };
    whole.details.reverse();
    let foreign =
        prost_types::Any { type_url: "type.googleapis.com/acme.Thing".to_owned(), value: big.into_bytes() };
    let unknown =
        prost_types::Any { type_url: "type.googleapis.com/google.rpc.New".to_owned(), ..foreign.clone() };
    whole.details.extend([foreign, unknown]);

    /// Sends what it was given, in as little room as asked for.
    fn sent(whole: &tonic_types::Status, metadata: usize) -> Vec<String> {
        struct Sends(Status);

        #[interceptor]
        impl Probe for Sends {
            async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
                Err(self.0.clone())
            }

            async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
                Err(self.0.clone())
            }
        }

        let details = prost::Message::encode_to_vec(whole).into();
        let mut status = Status::with_details(Code::Aborted, "m", details);
        status.metadata_mut().insert("x-large", "y".repeat(metadata).parse().unwrap());
        let status = log_of(Sends(status).echo(ping(&[]))).1.unwrap_err();
        let kept = <tonic_types::Status as prost::Message>::decode(status.details()).unwrap().details;
        kept.iter().map(|any| any.type_url.rsplit('.').next().unwrap().to_owned()).collect()
    }

    let order = [
        "ErrorInfo",
        "RetryInfo",
        "BadRequest",
        "QuotaFailure",
        "PreconditionFailure",
        "ResourceInfo",
        "LocalizedMessage",
        "Thing",
        "RequestInfo",
        "Help",
    ];
    let mut seen = std::collections::BTreeSet::new();
    for metadata in (0..6_000).step_by(200) {
        let kept = sent(&whole, metadata);
        assert_eq!(kept, &order[..kept.len()], "with {metadata} bytes of metadata");
        seen.insert(kept.len());
    }
    assert!(seen.len() >= 7, "{seen:?}");
}

proptest! {
    /// What is sent fits, and nothing was cut that would have fitted.
    #[test]
    fn a_status_is_cut_no_more_than_it_must(
        text in "[a-z%é你 ]{0,3000}",
        parts in prop::collection::vec(0..2_000_usize, 0..6),
        metadata in 0..3_000_usize,
    ) {
        #[grpc_error]
        #[derive(Debug, thiserror::Error)]
        #[error("{text}")]
        #[status(Aborted)]
        struct Any {
            text: String,
            #[status(bad_request)]
            bad_request: Option<BadRequest>,
            #[status(help)]
            help: Vec<HelpLink>,
        }

        struct Sends(Status);

        #[interceptor]
        impl Probe for Sends {
            async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
                Err(self.0.clone())
            }

            async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
                Err(self.0.clone())
            }
        }

        let help = parts.iter().map(|size| HelpLink::new("h".repeat(*size), "u")).collect();
        let bad_request = parts.first().map(|size| BadRequest::with_violation("f", "d".repeat(*size)));
        let mut status = Status::from(Any { text: text.clone(), bad_request, help });
        status.metadata_mut().insert("x-metadata", "y".repeat(metadata).parse().unwrap());
        let (_, status) = log_of(Sends(status).echo(ping(&[])));
        let response: http::Response<()> = status.as_ref().unwrap_err().clone().into_http();
        let size: usize =
            response.headers().iter().map(|(key, value)| key.as_str().len() + value.len() + 32).sum();
        prop_assert!(size < LIMIT, "{size}");
        let is_cut = status.unwrap_err().message() != text;
        // Without details, all the room is the message's but that for the other headers and one letter.
        prop_assert!(!is_cut || !parts.is_empty() || size > LIMIT - 512 - 100, "{size}");
    }
}

/// A short message and long details: whole details go, the least useful first.
#[test]
fn details_are_dropped_whole_and_the_least_useful_first() {
    let kinds = |bytes| {
        let status = Status::from(Large::new("short".to_owned()).with_details(bytes));
        let details = status.check_error_details().expect("they are whole");
        assert!(details.error_info().is_some(), "the last to go");
        if let Some(violations) = details.bad_request() {
            assert_eq!(violations.field_violations[0].description.len(), bytes);
        }
        let kinds = [
            details.bad_request().is_some(),
            details.localized_message().is_some(),
            details.help().is_some(),
        ];
        (kinds, status.message().to_owned())
    };
    assert_eq!(kinds(100), ([true, true, true], "short".to_owned()));
    assert_eq!(kinds(2_000), ([true, true, false], "short [1 detail left out]".to_owned()));
    assert_eq!(kinds(3_000), ([true, false, false], "short [2 details left out]".to_owned()));
    assert_eq!(kinds(8_000), ([false, false, false], "short [3 details left out]".to_owned()));
}

#[test]
fn a_long_message_leaves_room_for_details() {
    let status = Status::from(Large::new("x".repeat(1 << 20)).with_details(500));
    let details = status.check_error_details().unwrap();
    assert!(details.error_info().is_some() && details.help().is_some());
    assert!(status.message().len() > 1_000 && status.message().ends_with("... [cut from 1048576 bytes]"));
    let repeated = <tonic_types::Status as prost::Message>::decode(status.details()).unwrap().message;
    assert_eq!(repeated, status.message());
    let huge = Status::from(Large::new("x".repeat(1 << 20)).with_details(1 << 20));
    assert!(
        huge.message().ends_with("... [cut from 1048576 bytes] [3 details left out]"),
        "{}",
        huge.message()
    );
}

#[test]
fn a_redacted_error_keeps_its_id_and_what_fits_of_its_details() {
    #[grpc_error(domain = "size.example.com")]
    #[derive(Debug, thiserror::Error)]
    #[error("hidden")]
    #[status(Internal)]
    struct Hidden(#[status(bad_request)] BadRequest);

    let status = Status::from(Hidden(BadRequest::with_violation("f", "d".repeat(10_000))));
    assert!(status.message().starts_with("internal error (id "), "{}", status.message());
    assert!(status.message().ends_with(") [1 detail left out]"), "{}", status.message());
    assert!(status.get_details_error_info().is_some());
}

/// The client is told how many, the log which.
#[test]
fn details_that_were_left_out_are_in_the_log() {
    let (log, status) = log_of(async { Status::from(Large::new("short".to_owned()).with_details(8_000)) });
    drop(status);
    assert_eq!(log, "");
    let (log, ()) = log_in(|| drop(Status::from(Large::new("short".to_owned()).with_details(8_000))));
    for part in
        ["error=\"short\"", "left_out=", "HelpLink", "LocalizedMessage", "FieldViolation", &"d".repeat(8_000)]
    {
        assert!(log.contains(part), "{part:.20}");
    }
}

/// However little room there is, and whatever has been put before the message.
#[test]
fn the_smallest_size_is_a_kibibyte() {
    #[grpc_error(max_size = 10)]
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    #[status(Aborted, help(description = "{0}", url = "https://example.com"))]
    struct Tiny(String);

    for size in [0, 1, 20, 300, 400, 1 << 20] {
        let mut status = Status::from(Tiny("x".repeat(size)));
        assert!(size < 200 || status.message().ends_with("left out]"), "{}", status.message());
        status.metadata_mut().insert("x-large", "y".repeat(4_000).parse().unwrap());
        #[grpc_error]
        #[derive(Debug, thiserror::Error)]
        #[error(transparent)]
        #[status(transparent, prefix = "prefix: ")]
        struct Prefixed(Status);
        let prefixed = Status::from(Prefixed(status));
        assert!(prefixed.message().len() < 400);
    }
}

/// A text before the message makes it no larger than the error allows, and the log has what was cut.
#[test]
fn a_prefix_is_cut_and_logged_likewise() {
    #[grpc_error(max_size = 64 * 1024)]
    #[derive(Debug, thiserror::Error)]
    enum Outer {
        #[error("{0}")]
        #[status(Aborted)]
        Own(String),
        #[error("hidden")]
        #[status(Internal)]
        Hidden,
    }

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    #[status(transparent, prefix = "up: ")]
    struct Up(Status);

    struct Relay;

    #[interceptor]
    impl Probe for Relay {
        async fn echo(&self, request: Ping) -> Result<Pong, Up> {
            Err(Up(Status::aborted(request.text)))
        }

        async fn get_url(&self, request: Ping) -> Result<Pong, Up> {
            Err(Up(if request.text.is_empty() {
                Outer::Hidden.into()
            } else {
                Outer::Own(request.text).into()
            }))
        }
    }

    let request = |size: usize| Request::new(Ping { text: "x".repeat(size) });
    let (log, reply) = log_of(Relay.echo(request(100_000)));
    assert!(reply.unwrap_err().message().ends_with("... [cut from 100004 bytes]"));
    assert!(
        log.starts_with("WARN vestibule: too large for the client method=\"/probe.Probe/Echo\""),
        "{log:.200}"
    );
    assert_eq!((log.lines().count(), log.len() > 100_000), (1, true));
    let (log, reply) = log_of(Relay.get_url(request(20_000)));
    assert_eq!((reply.unwrap_err().message().len(), log.as_str()), (20_004, ""));
    let (log, reply) = log_of(Relay.get_url(request(100_000)));
    assert!(reply.unwrap_err().message().ends_with("... [cut from 100004 bytes]"));
    assert_eq!(log.lines().count(), 1, "{log:.300}");
    let (log, reply) = log_of(Relay.get_url(request(0)));
    assert!(reply.unwrap_err().message().starts_with("up: internal error (id "));
    assert!(log.starts_with("ERROR vestibule: kept from the client method=\"/probe.Probe/GetUrl\""), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

/// Whoever adds metadata after it was cut has it cut anew, and it is logged once.
#[test]
fn a_status_that_was_cut_is_cut_from_the_whole_again() {
    use vestibule::Call;

    #[interceptor]
    async fn adds(call: &Call) -> Result<(), Status> {
        call.response_metadata().insert("x-request-id", "y".repeat(2_000).parse().unwrap());
        call.response_metadata().insert("grpc-encoding", "br".parse().unwrap());
        Ok(())
    }

    struct Adds;

    #[interceptor(adds())]
    impl Probe for Adds {
        async fn echo(&self, request: Ping) -> Result<Pong, Large> {
            Err(Large::new(request.text))
        }

        async fn get_url(&self, request: Ping) -> Result<Pong, Large> {
            Err(Large::new(request.text).with_details(8_000))
        }
    }

    let request = || Request::new(Ping { text: "x".repeat(25_000) });
    let (log, reply) = log_of(Adds.echo(request()));
    let status = reply.unwrap_err();
    assert!(status.message().ends_with("... [cut from 25000 bytes]"), "{}", status.message());
    // It stands among the details once more.
    assert!((2_200..2_500).contains(&status.message().len()), "{}", status.message().len());
    assert!(status.metadata().get("grpc-encoding").is_none());
    assert_eq!(log.lines().filter(|line| line.contains("too large")).count(), 1, "{log:.300}");
    let (_, reply) = log_of(Adds.get_url(request()));
    let status = reply.unwrap_err();
    assert!(
        status.message().ends_with("... [cut from 25000 bytes] [3 details left out]"),
        "{}",
        status.message()
    );
}

/// Many small details of an upstream must not keep a gateway busy.
#[test]
fn thousands_of_details_are_dropped_at_once() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    #[status(transparent, prefix = "up: ")]
    struct Up(Status);

    let details = vec![prost_types::Any::default(); 100_000];
    let whole = tonic_types::Status { code: 10, message: "x".repeat(16_000), details };
    let status =
        Status::with_details(Code::Aborted, "x".repeat(16_000), prost::Message::encode_to_vec(&whole).into());
    let status = Status::from(Up(status));
    assert!(status.message().contains(" details left out]"), "{:.100}", status.message());
}

/// The chain keeps to it as well.
#[test]
fn an_error_may_set_a_size_of_its_own() {
    #[grpc_error(max_size = 64 * 1024)]
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    #[status(Aborted)]
    struct Larger(String);

    #[grpc_error(max_size = 2 * 1024)]
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    #[status(Aborted)]
    struct Smaller(String);

    struct Both;

    #[interceptor]
    impl Probe for Both {
        async fn echo(&self, request: Ping) -> Result<Pong, Larger> {
            Err(Larger(request.text))
        }

        async fn get_url(&self, request: Ping) -> Result<Pong, Smaller> {
            Err(Smaller(request.text))
        }
    }

    let request = |size: usize| Request::new(Ping { text: "x".repeat(size) });
    let (log, larger) = log_of(Both.echo(request(60_000)));
    assert_eq!((larger.unwrap_err().message().len(), log.as_str()), (60_000, ""));
    let (log, larger) = log_of(Both.echo(request(70_000)));
    assert!((64_000..65_536).contains(&larger.unwrap_err().message().len()));
    assert_eq!(log.lines().count(), 1);
    let (_, smaller) = log_of(Both.get_url(request(60_000)));
    assert!((1_000..2_048).contains(&smaller.unwrap_err().message().len()));
}

/// Details nobody can read go first; a status that carries metadata has less room.
#[test]
fn foreign_details_and_metadata_count_as_well() {
    struct Sends(Status);

    #[interceptor]
    impl Probe for Sends {
        async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
            Err(self.0.clone())
        }

        async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
            Err(self.0.clone())
        }
    }

    let sent = |status: Status| log_of(Sends(status).echo(ping(&[]))).1.unwrap_err();
    let opaque = sent(Status::with_details(Code::Aborted, "opaque", vec![0xff; 10_000].into()));
    assert_eq!((opaque.message(), opaque.details()), ("opaque [1 detail left out]", &[][..]));
    let mut status = Status::aborted("x".repeat(6_000));
    assert_eq!(sent(status.clone()).message().len(), 6_000);
    status.metadata_mut().insert("x-large", "y".repeat(4_000).parse().unwrap());
    let status = sent(status);
    assert!((2_500..4_000).contains(&status.message().len()), "{}", status.message().len());
    assert_eq!(status.metadata().get("x-large").unwrap().len(), 4_000);
    assert_eq!(status.source().unwrap().downcast_ref::<Status>().unwrap().message().len(), 6_000);
    let mut crowded = Status::aborted("x".repeat(6_000));
    crowded.metadata_mut().insert("x-large", "y".repeat(20_000).parse().unwrap());
    let crowded = sent(crowded);
    assert!((1_500..2_000).contains(&crowded.message().len()), "{}", crowded.message().len());
    let details = ErrorDetails::with_help_link("h".repeat(9_000), "https://example.com");
    let plain = sent(Status::with_error_details(Code::Aborted, "plain", details));
    assert_eq!(plain.message(), "plain [1 detail left out]");
}

#[test]
fn what_was_cut_is_in_the_log() {
    let text = "long ".repeat(5_000);
    let mut request = ping(&[]);
    request.get_mut().text.clone_from(&text);
    let (log, reply) = log_of(Failing.echo(request));
    assert!(reply.is_err());
    let expected = "WARN vestibule: too large for the client method=\"/probe.Probe/Echo\" code=\"FAILED_PRECONDITION\" error=\"long ";
    assert!(log.starts_with(expected) && log.len() > text.len(), "{log:.300}");
    let mut request = ping(&[]);
    request.get_mut().text.clone_from(&text);
    let (log, _) = log_of(Failing.get_url(request));
    let expected = "WARN vestibule: too large for the client method=\"/probe.Probe/GetUrl\" code=\"FAILED_PRECONDITION\" error=\"long ";
    assert!(log.starts_with(expected) && log.len() > text.len(), "{log:.300}");
    assert_eq!(log.lines().count(), 1);
}

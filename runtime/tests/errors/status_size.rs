//! A status arrives, however much it says, at the least patient of clients.

use std::error::Error;
use std::net::SocketAddr;

use proptest::prelude::*;
use proto::hello_stubs as stubs;
use proto::hello_stubs::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio_stream::Stream;
use tonic::{Request, Response};
use vestibule::details::{BadRequest, ErrorDetails, HelpLink, StatusExt};
use vestibule::{Code, Status, grpc_error, interceptor};

use super::large::{Failing, LIMIT, Large};
use crate::support::log::log_of;
use crate::support::{Setup, connect, in_every_setup, ping, raw, serve, serve_in};

in_every_setup!(any_message_arrives, any_message_arrives_at_the_end_of_a_stream);

// These tests run in one setup only:
// - `any_message_arrives_without_a_chain` has no chain.
// - `a_status_is_cut_no_more_than_it_must`, `an_error_may_set_a_size_of_its_own` and
//   `foreign_details_and_metadata_count_as_well` call the trait's method itself: tonic's client refuses larger headers.
// - `the_smallest_size_is_a_kibibyte` and `thousands_of_details_are_dropped_at_once` make statuses without a call.

/// Fails in the same way, without a chain.
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
        let responses = [Ok(HelloResponse::default()), Err(Large::new(request.name))];
        Ok(tokio_stream::iter(responses))
    }
}

fn texts() -> impl Iterator<Item = String> {
    let pieces = ["a", "a b", "{}", "\"#<>?`|~", "你好", "\u{0}\u{1}\n\u{7f}", "%zz%", "100%", "é\u{1f600}"];
    let sizes = [0, 1, 1_000, 2_500, 7_000, 7_600, 8_192, 15_000, 17_000, 100_000, 1 << 20];
    pieces.into_iter().flat_map(move |piece| sizes.map(|size| piece.repeat(size / piece.len())))
}

/// Checks that a client reads the code, and the message or its beginning with a note on the rest.
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

async fn any_message_arrives(setup: Setup) {
    check(serve_in!(setup, ProbeServer::new(Failing)), &["Echo", "GetUrl"]).await;
}

#[tokio::test]
async fn any_message_arrives_without_a_chain() {
    check(serve(ProbeServer::new(Plain)).await, &["Echo"]).await;
}

async fn any_message_arrives_at_the_end_of_a_stream(setup: Setup) {
    use stubs::greeter_server::GreeterServer;

    let addr = serve_in!(setup, GreeterServer::new(Streams));
    let mut client = crate::support::connect_greeter(addr).await;
    for text in texts() {
        let request = crate::support::hello(&text);
        let mut stream = client.lots_of_replies(request.clone()).await.unwrap().into_inner();
        assert!(stream.message().await.unwrap().is_some());
        is_faithful(&stream.message().await.unwrap_err(), &text);
        let reply = raw::call(addr, "/pb.Greeter/LotsOfReplies", &request).await;
        assert!(reply.header_list_size() < LIMIT, "{}", reply.header_list_size());
    }
}

proptest! {
    /// The status fits, and nothing is cut that would have fitted.
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
        // Without details, the message takes all the room that the other headers leave, but for one letter.
        prop_assert!(!is_cut || !parts.is_empty() || size > LIMIT - 512 - 100, "{size}");
    }
}

/// This holds for smaller sizes as well, and with a prefix.
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

/// Many small details of an upstream server must not keep a gateway busy.
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

/// The chain respects that size as well.
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

/// Details that can not be read are dropped first. Metadata leaves less room for the status.
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

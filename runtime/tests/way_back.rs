//! A status that came over the wire becomes the error it was made of.

mod support;

use std::time::Duration;

use proptest::prelude::*;
use prost::Message;
use tonic_types::pb;
use vestibule::details::{ErrorDetails, ErrorInfo, FieldViolation, StatusExt};
use vestibule::{Code, Status, TryFromStatusError, grpc_error};

const DOMAIN: &str = "shop.example.com";

#[grpc_error(domain = DOMAIN)]
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("shop: {self:?}")]
#[status(FailedPrecondition)]
enum ShopError {
    Unit,
    Tuple(#[status(metadata = "a")] i64, #[status(metadata = "b")] String),
    Named {
        #[status(metadata)]
        text: String,
        #[status(metadata)]
        number: Option<u64>,
        #[status(metadata = "isBig")]
        is_big: bool,
        #[status(default)]
        lost: u8,
    },
    #[status(Unavailable)]
    Delayed(#[status(retry_info)] Duration, #[status(metadata = "letter")] char),
    #[status(Unavailable)]
    MaybeDelayed {
        #[status(retry_info)]
        delay: Option<Duration>,
        #[status(metadata)]
        ratio: f64,
    },
    /// Redacted, and yet the client knows it.
    #[status(Internal)]
    Broken(#[status(metadata = "shelf")] u8),
    #[status(reason = "OTHER_NAME")]
    Renamed,
    #[status(transparent)]
    Inner(InnerError),
}

#[grpc_error(domain = "inner.example.com")]
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("inner")]
enum InnerError {
    #[status(NotFound)]
    Gone,
    #[status(Aborted)]
    Moved {
        #[status(metadata)]
        to: String,
    },
}

/// As a client has it: through headers, and with nothing that headers don't carry.
fn over_the_wire(error: impl Into<Status>) -> Status {
    let response: http::Response<()> = error.into().into_http();
    Status::from_header_map(response.headers()).expect("there is a status")
}

prop_compose! {
    fn delays()(seconds in 0..1_000_000_u64, nanos in 0..1_000_000_000_u32) -> Duration {
        Duration::new(seconds, nanos)
    }
}

fn errors() -> impl Strategy<Value = ShopError> {
    prop_oneof![
        Just(ShopError::Unit),
        Just(ShopError::Renamed),
        (any::<i64>(), any::<String>()).prop_map(|(a, b)| ShopError::Tuple(a, b)),
        (any::<String>(), any::<Option<u64>>(), any::<bool>())
            .prop_map(|(text, number, is_big)| ShopError::Named { text, number, is_big, lost: 0 }),
        (delays(), any::<char>()).prop_map(|(delay, letter)| ShopError::Delayed(delay, letter)),
        (prop::option::of(delays()), prop::num::f64::NORMAL)
            .prop_map(|(delay, ratio)| ShopError::MaybeDelayed { delay, ratio }),
        any::<u8>().prop_map(ShopError::Broken),
        Just(ShopError::Inner(InnerError::Gone)),
        any::<String>().prop_map(|to| ShopError::Inner(InnerError::Moved { to })),
    ]
}

proptest! {
    #[test]
    fn every_error_comes_back(error in errors()) {
        let status = over_the_wire(error.clone());
        prop_assert_eq!(ShopError::try_from(&status).unwrap(), error);
    }

    /// Whatever a peer sends: never a panic, and the status is there still.
    #[test]
    fn hostile_details_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let status = Status::with_details(Code::Aborted, "hostile", bytes.clone().into());
        if let Err(error) = ShopError::try_from(&status) {
            prop_assert_eq!(error.status().details(), &bytes);
        }
        let _ = status.get_error_details();
    }

    /// Details that were ours until somebody changed a byte.
    #[test]
    fn damaged_details_never_panic(error in errors(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let status = Status::from(error);
        let mut details = status.details().to_vec();
        *at.get_mut(&mut details) = byte;
        let status = Status::with_details(status.code(), status.message(), details.into());
        let _ = ShopError::try_from(&status);
        let _ = status.get_error_details();
    }
}

fn why(status: &Status) -> String {
    ShopError::try_from(status).unwrap_err().to_string()
}

/// A status with an `ErrorInfo` that nobody of ours has made.
fn foreign(reason: &str, domain: &str, metadata: &[(&str, &str)]) -> Status {
    let metadata: std::collections::HashMap<_, _> =
        metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let details = ErrorDetails::with_error_info(reason, domain, metadata);
    Status::with_error_details(Code::Aborted, "foreign", details)
}

#[test]
fn an_unknown_reason_or_a_foreign_domain_still_holds_the_status() {
    let error = ShopError::try_from(&foreign("NEVER_HEARD", DOMAIN, &[])).unwrap_err();
    assert_eq!(error.to_string(), "the reason `NEVER_HEARD` is not known");
    assert_eq!((error.status().code(), error.status().message()), (Code::Aborted, "foreign"));
    assert!(error.into_status().get_details_error_info().is_some());
    assert_eq!(why(&foreign("UNIT", "example.org", &[])), "the domain `example.org` is another one");
    assert_eq!(why(&Status::aborted("plain")), "the status has no `ErrorInfo`");
}

/// A reason and a domain are all that is asked for: a proxy or an older server may have another code.
#[test]
fn what_counts_is_the_reason() {
    assert_eq!(ShopError::try_from(&foreign("UNIT", DOMAIN, &[])).unwrap(), ShopError::Unit);
}

#[test]
fn a_field_that_is_missing_or_malformed() {
    assert_eq!(why(&foreign("TUPLE", DOMAIN, &[("b", "x")])), "`a` is missing or malformed");
    assert_eq!(why(&foreign("TUPLE", DOMAIN, &[("a", "1e3"), ("b", "x")])), "`a` is missing or malformed");
    assert_eq!(why(&foreign("DELAYED", DOMAIN, &[("letter", "x")])), "`retry_info` is missing or malformed");
    let optional = foreign("NAMED", DOMAIN, &[("text", ""), ("isBig", "true"), ("number", "-1")]);
    assert_eq!(why(&optional), "`number` is missing or malformed");
}

#[test]
fn details_that_contradict_their_status() {
    let status = Status::from(ShopError::Unit);
    let contradictory = Status::with_details(Code::NotFound, "", status.details().to_vec().into());
    assert_eq!(why(&contradictory), "the details are of a status with another code");
    // By type, they are not believed either.
    assert!(vestibule::details::find::<ErrorInfo>(&status).is_some());
    assert!(vestibule::details::find::<ErrorInfo>(&contradictory).is_none());
    let malformed = Status::with_details(Code::NotFound, "", vec![0xff; 3].into());
    assert_eq!(why(&malformed), "the details of the status are malformed");
}

#[test]
fn a_detail_that_is_no_error_info_inside() {
    let mut details = pb::Status::decode(Status::from(ShopError::Unit).details()).unwrap();
    details.details[0].value = vec![0xff; 7];
    let status = Status::with_details(Code::FailedPrecondition, "", details.encode_to_vec().into());
    assert_eq!(why(&status), "the details of the status are malformed");
}

/// A delay that is none, of which some make tonic-types panic.
#[test]
fn a_delay_that_is_none() {
    let delayed = ShopError::Delayed(Duration::from_secs(1), 'x');
    for (seconds, nanos) in
        [(i64::MIN, -1), (i64::MIN, i32::MIN), (-1, 0), (5, -1), (1, 2_000_000_000), (0, 1_000_000_000)]
    {
        let mut details = pb::Status::decode(Status::from(delayed.clone()).details()).unwrap();
        let delay = prost_types::Duration { seconds, nanos };
        let info = details.details.iter_mut().find(|any| any.type_url.ends_with("RetryInfo")).unwrap();
        info.value = pb::RetryInfo { retry_delay: Some(delay) }.encode_to_vec();
        let status = Status::with_details(Code::Unavailable, "", details.encode_to_vec().into());
        assert_eq!(why(&status), "`retry_info` is missing or malformed");
        assert!(vestibule::details::find::<vestibule::details::RetryInfo>(&status).is_none());
    }
}

/// What was too large to be sent is not taken for what was not there.
#[test]
fn details_that_were_left_out_are_missing() {
    #[grpc_error(domain = DOMAIN)]
    #[derive(Debug, thiserror::Error)]
    #[error("fields")]
    #[status(InvalidArgument)]
    struct Fields(
        #[status(bad_request)] Vec<FieldViolation>,
        #[status(resource_info)] Option<vestibule::details::ResourceInfo>,
    );

    let fields = |n| Fields((0..n).map(|n| FieldViolation::new(format!("f{n}"), "d")).collect(), None);
    let back = |n| Fields::try_from(&over_the_wire(fields(n))).map(|Fields(fields, _)| fields.len());
    assert_eq!(back(0).unwrap(), 0);
    assert_eq!(back(10).unwrap(), 10);
    assert_eq!(back(2_000).unwrap_err().to_string(), "`bad_request` is missing or malformed");
}

/// Of each kind, empty and full.
#[test]
fn fields_that_are_details_come_back_as_they_were() {
    use vestibule::details::{
        BadRequest, Help, HelpLink, LocalizedMessage, PreconditionFailure, PreconditionViolation,
        QuotaFailure, QuotaViolation, RequestInfo, ResourceInfo, RetryInfo,
    };

    #[allow(clippy::large_enum_variant, reason = "it is about what they hold")]
    #[grpc_error(domain = DOMAIN)]
    #[derive(Clone, Debug, thiserror::Error)]
    #[error("no")]
    #[status(Aborted)]
    enum Details {
        Parts(
            #[status(bad_request)] Vec<FieldViolation>,
            #[status(quota_failure)] Vec<QuotaViolation>,
            #[status(precondition_failure)] Vec<PreconditionViolation>,
            #[status(help)] Vec<HelpLink>,
        ),
        Whole {
            #[status(bad_request)]
            bad_request: BadRequest,
            #[status(quota_failure)]
            quota_failure: QuotaFailure,
            #[status(precondition_failure)]
            precondition_failure: PreconditionFailure,
            #[status(help)]
            help: Option<Help>,
            #[status(retry_info)]
            retry_info: RetryInfo,
            #[status(resource_info)]
            resource_info: Option<ResourceInfo>,
            #[status(request_info)]
            request_info: RequestInfo,
            #[status(localized_message)]
            localized_message: LocalizedMessage,
        },
    }

    let whole = |help: Option<Help>, resource_info| Details::Whole {
        bad_request: BadRequest::with_violation("a", "b"),
        quota_failure: QuotaFailure::with_violation("c", "d"),
        precondition_failure: PreconditionFailure::with_violation("e", "f", "g"),
        help,
        retry_info: RetryInfo::new(None),
        resource_info,
        request_info: RequestInfo::new("j", "k"),
        localized_message: LocalizedMessage::new("l", "m"),
    };
    for error in [
        Details::Parts(Vec::new(), Vec::new(), Vec::new(), Vec::new()),
        Details::Parts(
            vec![FieldViolation::new("a", "b"), FieldViolation::new("c", "d")],
            vec![QuotaViolation::new("e", "f")],
            vec![PreconditionViolation::new("g", "h", "i")],
            vec![HelpLink::new("j", "k")],
        ),
        whole(None, None),
        whole(Some(Help::with_link("h", "i")), Some(ResourceInfo::new("n", "o", "p", "q"))),
    ] {
        let back = Details::try_from(&over_the_wire(error.clone())).unwrap();
        assert_eq!(format!("{back:?}"), format!("{error:?}"));
    }
    let empty = Status::from(Details::Parts(Vec::new(), Vec::new(), Vec::new(), Vec::new()));
    assert_eq!(empty.check_error_details_vec().unwrap().len(), 1, "of nothing nothing is sent");
}

/// The domain is the whole of it, and a long one is not printed at length.
#[test]
fn a_domain_that_is_similar_is_another_one() {
    assert_eq!(
        why(&foreign("UNIT", "my.shop.example.com", &[])),
        "the domain `my.shop.example.com` is another one"
    );
    let long = why(&foreign("UNIT", &"x".repeat(1 << 20), &[]));
    assert!(long.len() < 200, "{}", long.len());
}

/// An error in a transparent variant may be anything at all.
#[test]
fn transparent_errors_without_a_way_back() {
    #[grpc_error(domain = DOMAIN)]
    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    enum Api {
        #[status(transparent)]
        Shop(#[from] ShopError),
        #[status(transparent)]
        Anyhow(#[from] anyhow::Error),
        #[status(transparent)]
        Io(#[from] std::io::Error),
        #[status(transparent)]
        Boxed(Box<dyn std::error::Error + Send + Sync>),
    }

    let back = Api::try_from(&over_the_wire(Api::Shop(ShopError::Unit))).unwrap();
    assert!(matches!(back, Api::Shop(ShopError::Unit)));
    for error in
        [Api::Anyhow(anyhow::anyhow!("no")), Api::Boxed("no".into()), Api::Io(std::io::Error::other("no"))]
    {
        assert!(Api::try_from(&over_the_wire(error)).is_err());
    }
}

#[test]
fn a_megabyte_of_details() {
    let huge = "x".repeat(1 << 20);
    let status = foreign(&huge, DOMAIN, &[("a", &huge)]);
    assert_eq!(why(&status), format!("the reason `{}` is not known", "x".repeat(64)));
    let violations: Vec<_> = (0..50_000).map(|_| FieldViolation::new("f", "d")).collect();
    let details = ErrorDetails::with_bad_request(violations);
    let status = Status::with_error_details(Code::Aborted, "many", details);
    assert_eq!(why(&status), "the status has no `ErrorInfo`");
}

#[test]
fn what_a_peer_says_is_escaped() {
    assert_eq!(why(&foreign("A\n\u{1b}[31m", DOMAIN, &[])), "the reason `A\\n\\u{1b}[31m` is not known");
}

#[grpc_error(domain = "local.example.com")]
#[derive(Debug, thiserror::Error)]
enum LocalError {
    #[error("storage")]
    #[status(Internal)]
    Storage(#[from] std::io::Error),
    #[error("wrapped")]
    #[status(Aborted)]
    Wrapped {
        #[status(metadata)]
        name: String,
        source: std::fmt::Error,
    },
    #[error(transparent)]
    #[status(transparent)]
    Upstream(#[from] Status),
}

/// What is behind an error stays with the service, and an error without it is not that error.
#[test]
fn an_error_with_a_source_does_not_come_back() {
    let why = |error: LocalError| LocalError::try_from(&over_the_wire(error)).unwrap_err().to_string();
    let storage = LocalError::from(std::io::Error::other("disk"));
    assert_eq!(why(storage), "the error behind the reason `STORAGE` does not travel");
    let wrapped = LocalError::Wrapped { name: "n".to_owned(), source: std::fmt::Error };
    assert_eq!(why(wrapped), "the error behind the reason `WRAPPED` does not travel");
    assert_eq!(why(LocalError::from(Status::aborted("up"))), "the status has no `ErrorInfo`");
}

/// A service between two others hands on what it does not know.
#[test]
fn an_error_that_is_not_known_is_a_status_again() {
    fn relay(status: &Status) -> Result<ShopError, Status> {
        Ok(ShopError::try_from(status)?)
    }
    let status = relay(&Status::not_found("nothing")).unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::NotFound, "nothing"));
    fn is_error<E: std::error::Error + Send + Sync + 'static>() {}
    is_error::<TryFromStatusError>();
}

#[test]
fn error_info_is_of_the_public_types() {
    let info: ErrorInfo = Status::from(ShopError::Renamed).get_details_error_info().unwrap();
    assert_eq!(info.reason, "OTHER_NAME");
}

mod checked {
    use std::net::SocketAddr;

    use super::support::{hello, serve};
    use super::*;
    use proto::hello::greeter_client::GreeterClient;
    use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
    use proto::hello_stubs::{HelloRequest, HelloResponse};
    use tonic::transport::{Channel, Endpoint};
    use tonic::{Request, Response};
    use vestibule::details::{RetryInfo, find};
    use vestibule::{Client, client};

    struct Hostile;

    /// With details that are no base64, unless the message asks for good ones.
    fn hostile(message: &str) -> Status {
        if message == "good" {
            return ShopError::Delayed(Duration::from_secs(1), 'x').into();
        }
        let mut status = Status::aborted("hostile");
        let details = http::HeaderValue::from_str(message).expect("a header value");
        status.metadata_mut().as_mut().insert("grpc-status-details-bin", details);
        status
    }

    #[tonic::async_trait]
    impl Greeter for Hostile {
        async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
            Err(hostile(&request.into_inner().name))
        }

        async fn lots_of_replies(
            &self,
            request: Request<HelloRequest>,
        ) -> Result<Response<tonic::codegen::BoxStream<HelloResponse>>, Status> {
            let replies = [Ok(HelloResponse::default()), Err(hostile(&request.into_inner().name))];
            Ok(Response::new(Box::pin(tokio_stream::iter(replies))))
        }
    }

    async fn chained(addr: SocketAddr) -> GreeterClient<Client<Channel>> {
        let channel = Endpoint::from_shared(format!("http://{addr}")).unwrap().connect().await.unwrap();
        GreeterClient::new(client(channel, ()))
    }

    #[tokio::test]
    async fn details_that_are_no_base64_do_not_panic_a_client_of_ours() {
        let addr = serve(GreeterServer::new(Hostile)).await;
        for details in ["!!!", "=", "A", "AAAA====", "AA AA"] {
            let mut client = chained(addr).await;
            let status = client.say_hello(hello(details)).await.unwrap_err();
            assert_eq!(
                (status.code(), status.message(), status.details()),
                (Code::Aborted, "hostile", &[][..])
            );
            let mut replies = client.lots_of_replies(hello(details)).await.unwrap().into_inner();
            assert!(replies.message().await.unwrap().is_some());
            let status = replies.message().await.unwrap_err();
            assert_eq!((status.code(), status.details()), (Code::Aborted, &[][..]));
        }
    }

    #[tokio::test]
    async fn a_client_of_ours_reads_good_details() {
        let mut client = chained(serve(GreeterServer::new(Hostile)).await).await;
        let status = client.say_hello(hello("good")).await.unwrap_err();
        assert!(find::<RetryInfo>(&status).is_some());
        let mut replies = client.lots_of_replies(hello("good")).await.unwrap().into_inner();
        assert!(replies.message().await.unwrap().is_some());
        assert!(find::<RetryInfo>(&replies.message().await.unwrap_err()).is_some());
    }
}

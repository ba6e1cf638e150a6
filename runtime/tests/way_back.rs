//! A status that came over the wire becomes the error it was made of.

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
    assert_eq!(why(&contradictory), "the details of the status are malformed");
    let malformed = Status::with_details(Code::NotFound, "", vec![0xff; 3].into());
    assert_eq!(why(&malformed), "the details of the status are malformed");
}

#[test]
fn a_detail_that_is_no_error_info_inside() {
    let mut details = pb::Status::decode(Status::from(ShopError::Unit).details()).unwrap();
    details.details[0].value = vec![0xff; 7];
    let status = Status::with_details(Code::FailedPrecondition, "", details.encode_to_vec().into());
    assert_eq!(why(&status), "the status has no `ErrorInfo`");
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

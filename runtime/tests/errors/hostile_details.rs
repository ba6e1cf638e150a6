//! Nothing that a peer sends as details panics, and none of it is believed.

use std::time::Duration;

use proptest::prelude::*;
use prost::Message;
use tonic_types::pb;
use vestibule::details::{ErrorDetails, ErrorInfo, FieldViolation, StatusExt};
use vestibule::{Code, Status};

use super::shop::{DOMAIN, InnerError, ShopError, foreign, over_the_wire, why};

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

    /// Any bytes give an error that still holds the status.
    #[test]
    fn hostile_details_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let status = Status::with_details(Code::Aborted, "hostile", bytes.clone().into());
        if let Err(error) = ShopError::try_from(&status) {
            prop_assert_eq!(error.status().details(), &bytes);
        }
        let _ = status.get_error_details();
    }

    /// One byte of good details is changed.
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

#[test]
fn details_that_contradict_their_status_are_refused() {
    let status = Status::from(ShopError::Unit);
    let contradictory = Status::with_details(Code::NotFound, "", status.details().to_vec().into());
    assert_eq!(why(&contradictory), "the details are of a status with another code");
    // `find` refuses them as well.
    assert!(vestibule::details::find::<ErrorInfo>(&status).is_some());
    assert!(vestibule::details::find::<ErrorInfo>(&contradictory).is_none());
    let malformed = Status::with_details(Code::NotFound, "", vec![0xff; 3].into());
    assert_eq!(why(&malformed), "the details of the status are malformed");
}

#[test]
fn an_error_info_that_can_not_be_decoded_is_refused() {
    let mut details = pb::Status::decode(Status::from(ShopError::Unit).details()).unwrap();
    details.details[0].value = vec![0xff; 7];
    let status = Status::with_details(Code::FailedPrecondition, "", details.encode_to_vec().into());
    assert_eq!(why(&status), "the details of the status are malformed");
}

/// Some of these delays make tonic-types panic.
#[test]
fn a_delay_that_is_out_of_range_is_refused() {
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

#[test]
fn a_megabyte_of_details_is_reported_in_brief() {
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

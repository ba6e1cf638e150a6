//! A status that is too large loses its least useful details first, and the log has what was cut.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::Request;
use vestibule::details::{BadRequest, ErrorDetails, StatusExt};
use vestibule::{Code, Status, grpc_error, interceptor};

use super::large::{Failing, Large};
use crate::support::log::{log_in, log_of};
use crate::support::ping;

// These tests run in one setup only: they make statuses without a call, or call the trait's method itself, because
// tonic's client refuses headers that are so large.

/// The status has details of each kind, in no useful order.
#[test]
fn the_least_useful_of_all_details_go_first() {
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

    /// Sends the status beside metadata of that size, and returns the details that are left.
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

/// Beside a short message, whole details are dropped.
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

/// The client reads how many details were left out; the log has which.
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

/// With a prefix, the message is no larger than the error allows.
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
    assert_eq!((log.lines().count(), (32_000..34_000).contains(&log.len())), (1, true));
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

/// Metadata that is added later leaves less room. The log has the error once.
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
    // The details repeat the message, so it takes its room twice.
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
    let expected = "WARN vestibule: too large for the client method=\"/probe.Probe/GetURL\" code=\"FAILED_PRECONDITION\" error=\"long ";
    assert!(log.starts_with(expected) && log.len() > text.len(), "{log:.300}");
    assert_eq!(log.lines().count(), 1);
}

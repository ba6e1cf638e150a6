//! What `#[grpc_error]` makes of an error: code, message, and each kind of detail.

use std::time::Duration;

use vestibule::details::{
    BadRequest, FieldViolation, Help, HelpLink, LocalizedMessage, PreconditionFailure, PreconditionViolation,
    QuotaFailure, QuotaViolation, RequestInfo, ResourceInfo, RetryInfo, StatusExt,
};
use vestibule::{Code, Status, domain_error, grpc_error};

fn told(error: impl Into<Status>) -> (Code, String) {
    let status = error.into();
    (status.code(), status.message().to_owned())
}

mod messages {
    use super::*;

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("display: {self:?}")]
    #[status(Aborted)]
    enum Error {
        Default,
        #[status(message = "literal")]
        Literal,
        #[status(message = "{{}} {0:>3} {1:?} {1:.2$}")]
        Tuple(u8, &'static str, usize),
        #[status(message = "{name} {width:>width$} {r#type}")]
        Named {
            name: &'static str,
            width: usize,
            r#type: bool,
        },
        #[status(message = "{type} {fieldtype} {field_type}")]
        Alike {
            r#type: u8,
            fieldtype: u8,
            field_type: u8,
        },
        #[status(message = "{0:$>5} { 0 }")]
        Filled(u8),
        #[status(message = _0.to_uppercase())]
        Expression(String),
        #[status(NotFound, message = if *found { "found" } else { "lost" })]
        Choice {
            found: bool,
        },
    }

    #[test]
    fn a_message_is_the_display_unless_there_is_one() {
        assert_eq!(told(Error::Default), (Code::Aborted, "display: Default".to_owned()));
        assert_eq!(told(Error::Literal), (Code::Aborted, "literal".to_owned()));
    }

    #[test]
    fn a_message_has_fields_in_it() {
        assert_eq!(told(Error::Tuple(7, "seven", 2)).1, "{}   7 \"seven\" se");
        let named = Error::Named { name: "n", width: 3, r#type: true };
        assert_eq!(told(named).1, "n   3 true");
        assert_eq!(told(Error::Alike { r#type: 1, fieldtype: 2, field_type: 3 }).1, "1 2 3");
        assert_eq!(told(Error::Filled(7)).1, "$$$$7 7");
    }

    #[test]
    fn a_message_may_be_an_expression() {
        assert_eq!(told(Error::Expression("loud".to_owned())).1, "LOUD");
        assert_eq!(told(Error::Choice { found: false }), (Code::NotFound, "lost".to_owned()));
    }

    /// What the enum says for all, and each variant for itself.
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("display")]
    #[status(Internal, expose, message = "of all")]
    enum Defaults {
        Plain,
        #[status(NotFound, message = "own")]
        Own,
    }

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("display")]
    #[status(NotFound, message = "of all")]
    enum Redacted {
        #[status(Internal)]
        Internal,
    }

    #[test]
    fn a_variant_says_otherwise_than_its_enum() {
        assert_eq!(told(Defaults::Plain), (Code::Internal, "of all".to_owned()));
        assert_eq!(told(Defaults::Own), (Code::NotFound, "own".to_owned()));
        let status = Status::from(Redacted::Internal);
        assert!(status.message().starts_with("internal error (id "));
        assert_eq!(std::error::Error::source(&status).unwrap().to_string(), "display");
    }

    /// Nothing has to be `Display` if every message is given.
    #[grpc_error]
    #[derive(Debug)]
    enum Silent {
        #[status(NotFound, message = "nothing")]
        Nothing,
    }

    #[test]
    fn an_error_with_messages_of_its_own_needs_no_display() {
        assert_eq!(told(Silent::Nothing), (Code::NotFound, "nothing".to_owned()));
    }
}

mod details {
    use super::*;

    #[grpc_error(domain = "shop.example.com")]
    #[derive(Debug, thiserror::Error)]
    #[error("no")]
    #[status(InvalidArgument, help(description = "how to order", url = "https://shop.example.com/help"))]
    enum Written {
        #[status(
            bad_request(field = "items[{index}]", description = "too many"),
            bad_request(field = "name", description = "too long: {name}")
        )]
        BadRequest {
            #[status(default)]
            index: usize,
            #[status(metadata)]
            name: String,
        },
        #[status(ResourceExhausted, quota_failure(subject = "name:{0}", description = "one each"))]
        Quota(#[status(metadata = "who")] String),
        #[status(
            FailedPrecondition,
            precondition_failure(type = "TOS", subject = "shop", description = "unsigned")
        )]
        Precondition,
        #[status(
            Unavailable,
            retry_info = "1500ms",
            help(description = "status", url = "https://status.example.com")
        )]
        Retry,
        #[status(Unavailable, retry_info = Duration::from_secs(u64::from(*_0)))]
        RetryAfter(#[status(metadata = "seconds")] u8),
        #[status(NotFound, resource_info(resource_type = "order", resource_name = "orders/{0}"))]
        Resource(#[status(default)] u8),
        #[status(
            NotFound,
            resource_info(resource_type = "order", resource_name = "1", owner = "ada", description = "gone"),
            request_info(request_id = "r-1", serving_data = "node 7")
        )]
        All,
        #[status(request_info(request_id = "r-2"), localized_message(locale = "fr-FR", message = "non"))]
        Localized,
        #[status(reason = "ANOTHER_NAME")]
        Renamed,
        HTTPError2Big,
        r#Box,
        #[status(
            bad_request(field = "a", description = "1"),
            help(description = "b", url = "2"),
            bad_request(field = "c", description = "3")
        )]
        Interleaved,
        Helpful(#[status(help)] Vec<HelpLink>),
        #[status(retry_info = "1s")]
        Second,
        #[status(retry_info = "2m")]
        Minutes,
        #[status(retry_info = "1h")]
        Hour,
    }

    fn status(error: Written) -> Status {
        error.into()
    }

    #[test]
    fn error_info() {
        let info = status(Written::Quota("Ada".to_owned())).get_details_error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.domain.as_str()), ("QUOTA", "shop.example.com"));
        assert_eq!(info.metadata.into_iter().collect::<Vec<_>>(), [("who".to_owned(), "Ada".to_owned())]);
        assert_eq!(status(Written::Renamed).get_details_error_info().unwrap().reason, "ANOTHER_NAME");
        let reason = status(Written::HTTPError2Big).get_details_error_info().unwrap().reason;
        assert_eq!(reason, "HTTP_ERROR2_BIG");
        assert_eq!(status(Written::r#Box).get_details_error_info().unwrap().reason, "BOX");
    }

    #[test]
    fn bad_request() {
        let status = status(Written::BadRequest { index: 3, name: "x".to_owned() });
        let violations = status.get_details_bad_request().unwrap().field_violations;
        let violations: Vec<_> =
            violations.iter().map(|v| (v.field.as_str(), v.description.as_str())).collect();
        assert_eq!(violations, [("items[3]", "too many"), ("name", "too long: x")]);
    }

    #[test]
    fn quota_failure() {
        let violations =
            status(Written::Quota("Ada".to_owned())).get_details_quota_failure().unwrap().violations;
        assert_eq!(
            (violations[0].subject.as_str(), violations[0].description.as_str()),
            ("name:Ada", "one each")
        );
    }

    #[test]
    fn precondition_failure() {
        let failure = status(Written::Precondition).get_details_precondition_failure().unwrap();
        let violation = &failure.violations[0];
        assert_eq!(violation.r#type, "TOS");
        assert_eq!((violation.subject.as_str(), violation.description.as_str()), ("shop", "unsigned"));
    }

    #[test]
    fn retry_info() {
        let delay = |error| status(error).get_details_retry_info().unwrap().retry_delay.unwrap();
        assert_eq!(delay(Written::Retry), Duration::from_millis(1500));
        assert_eq!(delay(Written::RetryAfter(7)), Duration::from_secs(7));
        assert_eq!(delay(Written::Second), Duration::from_secs(1));
        assert_eq!(delay(Written::Minutes), Duration::from_secs(120));
        assert_eq!(delay(Written::Hour), Duration::from_secs(3600));
    }

    #[test]
    fn parts_of_one_detail_need_not_stand_together() {
        let status = status(Written::Interleaved);
        assert_eq!(status.check_error_details_vec().unwrap().len(), 3, "with `ErrorInfo`");
        let violations = status.get_details_bad_request().unwrap().field_violations;
        assert_eq!(violations.iter().map(|v| v.field.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn a_field_stands_in_place_of_what_the_enum_says() {
        let links = vec![HelpLink::new("own", "https://example.com/own")];
        let status = status(Written::Helpful(links));
        assert_eq!(status.check_error_details_vec().unwrap().len(), 2);
        assert_eq!(status.get_details_help().unwrap().links[0].description, "own");
    }

    #[test]
    fn resource_info_and_request_info() {
        let info = status(Written::Resource(9)).get_details_resource_info().unwrap();
        assert_eq!((info.resource_type.as_str(), info.resource_name.as_str()), ("order", "orders/9"));
        assert_eq!((info.owner.as_str(), info.description.as_str()), ("", ""));
        let status = status(Written::All);
        let info = status.get_details_resource_info().unwrap();
        assert_eq!((info.owner.as_str(), info.description.as_str()), ("ada", "gone"));
        let info = status.get_details_request_info().unwrap();
        assert_eq!((info.request_id.as_str(), info.serving_data.as_str()), ("r-1", "node 7"));
    }

    #[test]
    fn localized_message() {
        let message = status(Written::Localized).get_details_localized_message().unwrap();
        assert_eq!((message.locale.as_str(), message.message.as_str()), ("fr-FR", "non"));
    }

    #[test]
    fn what_the_enum_says_holds_for_those_who_say_nothing() {
        let url = |error| status(error).get_details_help().unwrap().links[0].url.clone();
        assert_eq!(url(Written::Precondition), "https://shop.example.com/help");
        assert_eq!(url(Written::Retry), "https://status.example.com");
        assert_eq!(status(Written::Renamed).code(), Code::InvalidArgument);
        assert_eq!(status(Written::Retry).code(), Code::Unavailable);
    }

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("fields")]
    #[status(Aborted)]
    struct Fields {
        #[status(bad_request)]
        bad_request: Vec<FieldViolation>,
        #[status(quota_failure)]
        quota_failure: Option<Vec<QuotaViolation>>,
        #[status(precondition_failure)]
        precondition_failure: Vec<PreconditionViolation>,
        #[status(retry_info)]
        retry_info: Option<Duration>,
        #[status(help)]
        help: Help,
        #[status(resource_info)]
        resource_info: Option<ResourceInfo>,
        #[status(request_info)]
        request_info: RequestInfo,
        #[status(localized_message)]
        localized_message: LocalizedMessage,
    }

    #[test]
    fn a_field_may_be_a_detail() {
        let status = Status::from(Fields {
            bad_request: vec![FieldViolation::new("a", "b"), FieldViolation::new("c", "d")],
            quota_failure: Some(vec![QuotaViolation::new("e", "f")]),
            precondition_failure: vec![PreconditionViolation::new("g", "h", "i")],
            retry_info: Some(Duration::from_millis(3)),
            help: Help::with_link("j", "k"),
            resource_info: Some(ResourceInfo::new("l", "m", "n", "o")),
            request_info: RequestInfo::new("p", "q"),
            localized_message: LocalizedMessage::new("r", "s"),
        });
        let details = status.check_error_details().unwrap();
        assert_eq!(details.bad_request().unwrap().field_violations[1].field, "c");
        assert_eq!(details.quota_failure().unwrap().violations[0].subject, "e");
        assert_eq!(details.precondition_failure().unwrap().violations[0].description, "i");
        assert_eq!(details.retry_info().unwrap().retry_delay, Some(Duration::from_millis(3)));
        assert_eq!(details.help().unwrap().links[0].url, "k");
        assert_eq!(details.resource_info().unwrap().owner, "n");
        assert_eq!(details.request_info().unwrap().serving_data, "q");
        assert_eq!(details.localized_message().unwrap().message, "s");
    }

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("whole")]
    #[status(Aborted)]
    struct Whole(
        #[status(bad_request)] BadRequest,
        #[status(quota_failure)] QuotaFailure,
        #[status(precondition_failure)] Option<PreconditionFailure>,
        #[status(retry_info)] RetryInfo,
    );

    #[test]
    fn a_field_that_is_absent_is_not_sent() {
        let status = Status::from(Whole(
            BadRequest::with_violation("a", "b"),
            QuotaFailure::with_violation("c", "d"),
            None,
            RetryInfo::new(None),
        ));
        let details = status.check_error_details_vec().unwrap();
        assert_eq!(details.len(), 3, "{details:?}");
    }

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("plain")]
    #[status(Aborted)]
    struct Plain;

    #[test]
    fn without_a_domain_nothing_is_added() {
        assert!(Status::from(Plain).details().is_empty());
    }
}

mod transparent {
    use super::*;

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("inner")]
    #[status(NotFound, retry_info = "1s")]
    struct Inner;

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    enum Outer {
        #[error(transparent)]
        #[status(transparent)]
        Inner(#[from] Inner),
        #[error(transparent)]
        #[status(transparent, prefix = "downstream: ")]
        Prefixed(Status),
        #[error("its own")]
        #[status(Aborted)]
        Own,
        #[error("other")]
        #[status(transparent)]
        Other(Box<dyn std::error::Error + Send + Sync>),
    }

    #[test]
    fn hands_on_the_status_of_the_field() {
        let status = Status::from(Outer::from(Inner));
        assert_eq!((status.code(), status.message()), (Code::NotFound, "inner"));
        assert!(status.get_details_retry_info().is_some());
        assert_eq!(told(Outer::Own), (Code::Aborted, "its own".to_owned()));
    }

    #[test]
    fn a_prefix_stands_before_the_message_and_nothing_is_lost() {
        let mut inner = Status::from(Inner);
        inner.metadata_mut().insert("x-tries", "3".parse().unwrap());
        inner.metadata_mut().insert("grpc-encoding", "gzip".parse().unwrap());
        inner.metadata_mut().insert("content-length", "5".parse().unwrap());
        let status = Status::from(Outer::Prefixed(inner));
        assert_eq!((status.code(), status.message()), (Code::NotFound, "downstream: inner"));
        assert!(status.get_details_retry_info().is_some());
        // Clients in other languages refuse details with another message.
        let repeated = <tonic_types::Status as prost::Message>::decode(status.details()).unwrap().message;
        assert_eq!(repeated, "downstream: inner");
        assert_eq!(status.metadata().get("x-tries").unwrap(), "3");
        assert!(status.metadata().get("grpc-encoding").is_none());
        assert!(status.metadata().get("content-length").is_none());
        assert!(domain_error::<Inner>(&status).is_some());
    }

    #[test]
    fn an_error_with_the_code_ok_is_internal() {
        let status = Status::from(Outer::Prefixed(Status::new(Code::Ok, "fine")));
        assert_eq!(status.code(), Code::Internal);
        assert!(status.message().starts_with("internal error (id "), "{status:?}");
    }

    #[test]
    fn macros_by_example_may_give_texts() {
        macro_rules! error {
            ($name:ident, $text:literal, $delay:literal) => {
                #[grpc_error]
                #[derive(Debug)]
                #[status(Aborted, message = $text, retry_info = $delay)]
                struct $name {
                    field: u8,
                }
            };
        }
        error!(FromMacro, "got {field}", "5s");
        let status = Status::from(FromMacro { field: 7 });
        assert_eq!(status.message(), "got 7");
        assert!(status.get_details_retry_info().is_some());
    }

    #[test]
    fn a_boxed_error_is_internal() {
        let status = Status::from(Outer::Other("the secret".into()));
        assert_eq!(status.code(), Code::Internal);
        assert!(!status.message().contains("secret"));
    }
}

mod source {
    use super::*;
    use std::error::Error;

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("unavailable")]
    #[status(Unavailable)]
    struct Down(#[source] std::fmt::Error);

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("hidden")]
    #[status(Internal)]
    struct Hidden(#[source] Down);

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    #[status(Aborted)]
    struct Long(String);

    /// Interceptors, such as a log, find it.
    #[test]
    fn the_error_of_a_status_is_found() {
        let status = Status::from(Down(std::fmt::Error));
        assert!(domain_error::<Down>(&status).unwrap().source().is_some());
        assert!(domain_error::<Hidden>(&status).is_none());
        assert!(domain_error::<Hidden>(&Status::from(Hidden(Down(std::fmt::Error)))).is_some());
        assert_eq!(domain_error::<Long>(&Status::from(Long("x".repeat(10_000)))).unwrap().0.len(), 10_000);
        assert!(domain_error::<Down>(&Status::unavailable("plain")).is_none());
    }

    #[test]
    fn the_sources_of_a_status_are_printed_once() {
        let chain = |status: Status| {
            let sources = std::iter::successors(status.source(), |&error| error.source());
            sources.map(ToString::to_string).collect::<Vec<_>>()
        };
        let cause = "an error occurred when formatting an argument";
        assert_eq!(chain(Status::from(Down(std::fmt::Error))), ["unavailable", cause]);
        assert_eq!(chain(Status::from(Hidden(Down(std::fmt::Error)))), ["hidden", "unavailable", cause]);
    }

    /// tonic prints the sources of a status with it.
    #[test]
    fn a_status_that_is_printed_shows_nothing_of_the_error() {
        for status in [Status::from(Hidden(Down(std::fmt::Error))), Status::from(Long("x".repeat(10_000)))] {
            let printed = format!("{status} {status:?}");
            assert!(!printed.contains("hidden") && !printed.contains(&"x".repeat(9_000)), "{printed}");
        }
    }
}

/// Two in one module, with names that a careless expansion would use itself.
mod together {
    use super::*;

    /// Its methods must not be called.
    #[allow(dead_code)]
    trait Keeps {
        fn keep(&self) {}
        fn back(&self) {}
    }

    impl<T> Keeps for T {}

    #[grpc_error(domain = "a.example.com")]
    #[derive(Debug, PartialEq, thiserror::Error)]
    #[error("error {error} {status}")]
    #[status(Aborted)]
    struct Error {
        #[status(metadata)]
        error: u8,
        #[status(metadata)]
        status: u8,
        #[status(metadata)]
        incoming: u8,
    }

    #[grpc_error(domain = "b.example.com")]
    #[derive(Debug, PartialEq, thiserror::Error)]
    enum Result<T>
    where
        T: std::fmt::Debug,
    {
        #[error("none")]
        #[status(Aborted)]
        None,
        #[error("ok")]
        #[status(OutOfRange)]
        Ok {
            #[status(metadata)]
            value: T,
            #[status(default)]
            also: T,
        },
        #[deprecated]
        #[error("old")]
        #[status(Unavailable)]
        Old,
        #[cfg(any())]
        #[status(Aborted)]
        Absent(#[status(default)] Nothing),
    }

    #[test]
    fn two_errors_in_one_module() {
        let error = Error { error: 1, status: 2, incoming: 3 };
        assert_eq!(Error::try_from(&Status::from(Error { ..error })).unwrap(), error);
        let other = Error { incoming: 4, ..error };
        assert_eq!(Error::try_from(&Status::from(Error { ..other })).unwrap(), other);
        let status = Status::from(Result::Ok { value: 3, also: 0 });
        assert_eq!(Result::<i32>::try_from(&status).unwrap(), Result::Ok { value: 3, also: 0 });
        assert!(Result::<bool>::try_from(&status).is_err());
        assert!(Error::try_from(&status).is_err());
        assert_eq!(Status::from(Result::<u8>::None).code(), Code::Aborted);
    }
}

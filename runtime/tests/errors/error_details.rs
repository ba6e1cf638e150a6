//! Each detail of an error is what its attribute says.

use std::time::Duration;

use vestibule::details::{
    BadRequest, FieldViolation, Help, HelpLink, LocalizedMessage, PreconditionFailure, PreconditionViolation,
    QuotaFailure, QuotaViolation, RequestInfo, ResourceInfo, RetryInfo, StatusExt,
};
use vestibule::{Code, Status, grpc_error};

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
fn error_info_has_the_reason_the_domain_and_the_metadata() {
    let info = status(Written::Quota("Ada".to_owned())).get_details_error_info().unwrap();
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("QUOTA", "shop.example.com"));
    assert_eq!(info.metadata.into_iter().collect::<Vec<_>>(), [("who".to_owned(), "Ada".to_owned())]);
    assert_eq!(status(Written::Renamed).get_details_error_info().unwrap().reason, "ANOTHER_NAME");
    let reason = status(Written::HTTPError2Big).get_details_error_info().unwrap().reason;
    assert_eq!(reason, "HTTP_ERROR2_BIG");
    assert_eq!(status(Written::r#Box).get_details_error_info().unwrap().reason, "BOX");
}

#[test]
fn a_bad_request_has_all_its_violations() {
    let status = status(Written::BadRequest { index: 3, name: "x".to_owned() });
    let violations = status.get_details_bad_request().unwrap().field_violations;
    let violations: Vec<_> = violations.iter().map(|v| (v.field.as_str(), v.description.as_str())).collect();
    assert_eq!(violations, [("items[3]", "too many"), ("name", "too long: x")]);
}

#[test]
fn a_quota_failure_has_its_subject_and_description() {
    let violations = status(Written::Quota("Ada".to_owned())).get_details_quota_failure().unwrap().violations;
    assert_eq!(
        (violations[0].subject.as_str(), violations[0].description.as_str()),
        ("name:Ada", "one each")
    );
}

#[test]
fn a_precondition_failure_has_its_type_subject_and_description() {
    let failure = status(Written::Precondition).get_details_precondition_failure().unwrap();
    let violation = &failure.violations[0];
    assert_eq!(violation.r#type, "TOS");
    assert_eq!((violation.subject.as_str(), violation.description.as_str()), ("shop", "unsigned"));
}

#[test]
fn retry_info_has_the_delay_in_each_unit() {
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
fn a_field_replaces_the_attribute_of_the_enum() {
    let links = vec![HelpLink::new("own", "https://example.com/own")];
    let status = status(Written::Helpful(links));
    assert_eq!(status.check_error_details_vec().unwrap().len(), 2);
    assert_eq!(status.get_details_help().unwrap().links[0].description, "own");
}

#[test]
fn resource_info_and_request_info_have_their_fields() {
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
fn a_localized_message_has_its_locale() {
    let message = status(Written::Localized).get_details_localized_message().unwrap();
    assert_eq!((message.locale.as_str(), message.message.as_str()), ("fr-FR", "non"));
}

#[test]
fn an_attribute_of_the_enum_holds_for_variants_without_one() {
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

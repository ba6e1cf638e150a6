//! A status that came over the wire becomes the error it was made of.

use vestibule::details::{ErrorInfo, FieldViolation, StatusExt};
use vestibule::{Code, Status, TryFromStatusError, grpc_error};

use super::shop::{DOMAIN, ShopError, foreign, over_the_wire, why};

#[test]
fn an_unknown_reason_or_a_foreign_domain_still_holds_the_status() {
    let error = ShopError::try_from(&foreign("NEVER_HEARD", DOMAIN, &[])).unwrap_err();
    assert_eq!(error.to_string(), "the reason `NEVER_HEARD` is not known");
    assert_eq!((error.status().code(), error.status().message()), (Code::Aborted, "foreign"));
    assert!(error.into_status().get_details_error_info().is_some());
    assert_eq!(why(&foreign("UNIT", "example.org", &[])), "the domain `example.org` is another one");
    assert_eq!(why(&Status::aborted("plain")), "the status has no `ErrorInfo`");
}

/// A proxy or an older server may send another code.
#[test]
fn the_reason_counts_and_not_the_code() {
    assert_eq!(ShopError::try_from(&foreign("UNIT", DOMAIN, &[])).unwrap(), ShopError::Unit);
}

#[test]
fn a_field_that_is_missing_or_malformed_is_named() {
    assert_eq!(why(&foreign("TUPLE", DOMAIN, &[("b", "x")])), "`a` is missing or malformed");
    assert_eq!(why(&foreign("TUPLE", DOMAIN, &[("a", "1e3"), ("b", "x")])), "`a` is missing or malformed");
    assert_eq!(why(&foreign("DELAYED", DOMAIN, &[("letter", "x")])), "`retry_info` is missing or malformed");
    let optional = foreign("NAMED", DOMAIN, &[("text", ""), ("isBig", "true"), ("number", "-1")]);
    assert_eq!(why(&optional), "`number` is missing or malformed");
}

/// A list that was too large to be sent is not taken for an empty one.
#[test]
fn details_that_were_left_out_count_as_missing() {
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

/// The test has fields of each kind, empty and full.
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

/// The whole domain counts. The message shows only the beginning of a long one.
#[test]
fn a_domain_that_is_similar_is_another_one() {
    assert_eq!(
        why(&foreign("UNIT", "my.shop.example.com", &[])),
        "the domain `my.shop.example.com` is another one"
    );
    let long = why(&foreign("UNIT", &"x".repeat(1 << 20), &[]));
    assert!(long.len() < 200, "{}", long.len());
}

/// The field of a transparent variant may be any error.
#[test]
fn a_transparent_error_that_is_no_status_does_not_come_back() {
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

/// The source of an error stays on the server, and the error can not be made without it.
#[test]
fn an_error_with_a_source_does_not_come_back() {
    let why = |error: LocalError| LocalError::try_from(&over_the_wire(error)).unwrap_err().to_string();
    let storage = LocalError::from(std::io::Error::other("disk"));
    assert_eq!(why(storage), "an error with the reason `STORAGE` can't be restored from a status");
    let wrapped = LocalError::Wrapped { name: "n".to_owned(), source: std::fmt::Error };
    assert_eq!(why(wrapped), "an error with the reason `WRAPPED` can't be restored from a status");
    assert_eq!(why(LocalError::from(Status::aborted("up"))), "the status has no `ErrorInfo`");
}

/// A service between two others passes on an error that it does not know.
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

//! What a status may say beside its code and message: the details of Google's
//! [richer error model](https://grpc.io/docs/guides/error/), which clients in every language can read.
//!
//! [`#[grpc_error]`](macro@crate::grpc_error) attaches them; the types are those of `tonic-types`. A
//! client reads one by its type with [`StatusExt`]:
//!
//! ```
//! use std::time::Duration;
//!
//! use vestibule::details::StatusExt;
//! use vestibule::{Status, grpc_error};
//!
//! #[grpc_error]
//! #[derive(Debug, thiserror::Error)]
//! #[error("too many calls")]
//! #[status(Unavailable, retry_info = "500ms")]
//! struct Busy;
//!
//! let status = Status::from(Busy);
//! let retry = status.get_details_retry_info().unwrap();
//! assert_eq!(retry.retry_delay, Some(Duration::from_millis(500)));
//! ```
//!
//! Reading never fails: details that are absent or malformed are `None`.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

#[doc(no_inline)]
pub use tonic_types::{
    BadRequest, DebugInfo, ErrorDetails, ErrorInfo, FieldViolation, Help, HelpLink, LocalizedMessage,
    PreconditionFailure, PreconditionViolation, QuotaFailure, QuotaViolation, RequestInfo, ResourceInfo,
    RetryInfo, StatusExt,
};
use tonic_types::{ErrorDetail, RpcStatusExt, pb};

/// A field that goes along in the metadata of `ErrorInfo`, as text, and is read from it again:
/// whatever is [`Display`] and [`FromStr`].
///
/// There is no need to implement it. See `#[status(metadata)]` of
/// [`#[grpc_error]`](macro@crate::grpc_error).
///
/// ```
/// use vestibule::details::ErrorField;
///
/// assert_eq!(7.to_text(), "7");
/// assert_eq!(i32::from_text("7"), Some(7));
/// assert_eq!(i32::from_text("seven"), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't travel as metadata of an error",
    label = "this is not `Display` and `FromStr`",
    note = "implement `Display` and `FromStr` for `{Self}`, or give up the field with `#[status(default)]`"
)]
pub trait ErrorField: Sized {
    /// What is sent.
    fn to_text(&self) -> String;

    /// What was sent, or nothing if it is no such value.
    fn from_text(text: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Display + FromStr> ErrorField for T {
    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// A field that is a detail of the status: the detail itself, what it consists of, or an `Option` of it.
///
/// | `#[status(...)]` on the field | types of the field |
/// | --- | --- |
/// | `bad_request` | [`BadRequest`], `Vec<`[`FieldViolation`]`>` |
/// | `quota_failure` | [`QuotaFailure`], `Vec<`[`QuotaViolation`]`>` |
/// | `precondition_failure` | [`PreconditionFailure`], `Vec<`[`PreconditionViolation`]`>` |
/// | `retry_info` | [`RetryInfo`], [`Duration`] |
/// | `resource_info` | [`ResourceInfo`] |
/// | `request_info` | [`RequestInfo`] |
/// | `help` | [`Help`], `Vec<`[`HelpLink`]`>` |
/// | `localized_message` | [`LocalizedMessage`] |
///
/// ```
/// use std::time::Duration;
///
/// use vestibule::details::{DetailField, RetryInfo};
///
/// let detail: Option<RetryInfo> = Duration::from_secs(1).to_detail();
/// assert_eq!(detail.unwrap().retry_delay, Some(Duration::from_secs(1)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `{D}`",
    label = "a field of this type can't be such a detail",
    note = "the documentation of `vestibule::details::DetailField` has a list of the types"
)]
pub trait DetailField<D>: Sized {
    /// What is sent, unless it is `None`.
    fn to_detail(&self) -> Option<D>;

    /// What was sent, or nothing if that is no such field.
    fn from_detail(detail: Option<D>) -> Option<Self>;
}

impl<D: Detail, T: DetailField<D>> DetailField<D> for Option<T> {
    fn to_detail(&self) -> Option<D> {
        self.as_ref()?.to_detail()
    }

    fn from_detail(detail: Option<D>) -> Option<Self> {
        Some(detail.and_then(|detail| T::from_detail(Some(detail))))
    }
}

impl DetailField<RetryInfo> for Duration {
    fn to_detail(&self) -> Option<RetryInfo> {
        Some(RetryInfo::new(Some(*self)))
    }

    fn from_detail(detail: Option<RetryInfo>) -> Option<Self> {
        detail?.retry_delay
    }
}

/// One of the types of details.
#[doc(hidden)]
pub trait Detail: Into<ErrorDetail> {
    /// The first one of this type.
    fn find(details: &pb::Status) -> Option<Self>;
}

macro_rules! details {
    ($($Detail:ident $find:ident $(= Vec<$Part:ident> $parts:ident)?,)*) => { $(
        impl Detail for $Detail {
            fn find(details: &pb::Status) -> Option<Self> {
                details.$find()
            }
        }

        impl DetailField<$Detail> for $Detail {
            fn to_detail(&self) -> Option<$Detail> {
                Some(self.clone())
            }

            fn from_detail(detail: Option<$Detail>) -> Option<Self> {
                detail
            }
        }

        $(
            impl DetailField<$Detail> for Vec<$Part> {
                fn to_detail(&self) -> Option<$Detail> {
                    if self.is_empty() { None } else { Some($Detail::new(self.clone())) }
                }

                /// Of nothing nothing was sent.
                fn from_detail(detail: Option<$Detail>) -> Option<Self> {
                    Some(detail.map(|detail| detail.$parts).unwrap_or_default())
                }
            }
        )?
    )* };
}

details! {
    BadRequest get_details_bad_request = Vec<FieldViolation> field_violations,
    QuotaFailure get_details_quota_failure = Vec<QuotaViolation> violations,
    PreconditionFailure get_details_precondition_failure = Vec<PreconditionViolation> violations,
    RetryInfo get_details_retry_info,
    ResourceInfo get_details_resource_info,
    RequestInfo get_details_request_info,
    Help get_details_help = Vec<HelpLink> links,
    LocalizedMessage get_details_localized_message,
}

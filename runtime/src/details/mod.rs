//! What a status may say beside its code and message: the details of Google's
//! [richer error model](https://grpc.io/docs/guides/error/), which clients in every language can read.
//!
//! [`#[grpc_error]`](macro@crate::grpc_error) attaches them; the types are those of `tonic-types`. A
//! client reads one by its type with [`find`]:
//!
//! ```
//! use std::time::Duration;
//!
//! use vestibule::details::{self, RetryInfo};
//! use vestibule::{Status, grpc_error};
//!
//! #[grpc_error]
//! #[derive(Debug, thiserror::Error)]
//! #[error("too many calls")]
//! #[status(Unavailable, retry_info = "500ms")]
//! struct Busy;
//!
//! let status = Status::from(Busy);
//! let retry: RetryInfo = details::find(&status).unwrap();
//! assert_eq!(retry.retry_delay, Some(Duration::from_millis(500)));
//! ```

mod header;

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

pub(crate) use header::{KEY, drop_unreadable, read};
use prost::Message;
use tonic::Status;
#[doc(no_inline)]
pub use tonic_types::{
    BadRequest, DebugInfo, ErrorDetails, ErrorInfo, FieldViolation, Help, HelpLink, LocalizedMessage,
    PreconditionFailure, PreconditionViolation, QuotaFailure, QuotaViolation, RequestInfo, ResourceInfo,
    RetryInfo, StatusExt,
};
use tonic_types::{ErrorDetail, pb};

/// The first detail of a type, if the status has one that can be read.
///
/// Details repeat the code of their status. If it is another one, they are not believed: there is no detail then. (The
/// way back to an error, `TryFrom<&Status>`, has the same rule; tonic-types' `StatusExt` does not look.)
///
/// Nothing that a peer has sent makes it panic: what is malformed is not there. (tonic-types' own way of reading a
/// [`RetryInfo`] panics for some delays, in builds that check for overflow.)
///
/// ```
/// use vestibule::Status;
/// use vestibule::details::{self, BadRequest};
///
/// let status = Status::with_details(vestibule::Code::Aborted, "", b"no details"[..].into());
/// assert!(details::find::<BadRequest>(&status).is_none());
/// ```
#[must_use]
pub fn find<D: Detail>(status: &Status) -> Option<D> {
    D::find(&of(status).ok()?).ok().flatten()
}

/// The reason for which the details of a status are not believed.
pub(crate) enum Refused {
    /// They are no `google.rpc.Status`.
    Malformed,
    /// They have another code than the status they came with.
    Contradictory,
}

/// The details of a status, if they are to be believed.
pub(crate) fn of(status: &Status) -> Result<pb::Status, Refused> {
    let details = pb::Status::decode(status.details()).map_err(|_| Refused::Malformed)?;
    // No details can't contradict the status.
    if !status.details().is_empty() && details.code != i32::from(status.code()) {
        return Err(Refused::Contradictory);
    }
    Ok(details)
}

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
    note = "make it a `String` or a type of your own that is both, or give up the field with `#[status(default)]`"
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
    label = "this can't be such a detail",
    note = "the documentation of `vestibule::details::DetailField` has a list of the types",
    note = "in an expression fields are references: write `*delay` for a field `delay: Duration`"
)]
pub trait DetailField<D>: Sized {
    /// What is sent, unless it is `None`.
    fn to_detail(&self) -> Option<D>;

    /// What was sent, or nothing if that is no such field.
    fn from_detail(detail: Option<D>) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<D: Detail, T: DetailField<D>> DetailField<D> for Option<T> {
    fn to_detail(&self) -> Option<D> {
        self.as_ref()?.to_detail()
    }

    fn from_detail(detail: Option<D>) -> Option<Self> {
        Some(detail.and_then(|detail| T::from_detail(Some(detail))))
    }
}

#[diagnostic::do_not_recommend]
impl DetailField<RetryInfo> for Duration {
    fn to_detail(&self) -> Option<RetryInfo> {
        Some(RetryInfo::new(Some(*self)))
    }

    fn from_detail(detail: Option<RetryInfo>) -> Option<Self> {
        detail?.retry_delay
    }
}

/// One of the types of details.
///
/// It is implemented for all of them, and for nothing else: what [`find`] finds.
///
/// ```
/// use vestibule::details::{Detail, ErrorInfo, Help};
///
/// fn is_detail<D: Detail>() {}
/// is_detail::<ErrorInfo>();
/// is_detail::<Help>();
/// ```
pub trait Detail: Into<ErrorDetail> + sealed::Sealed {
    #[doc(hidden)]
    fn find(details: &pb::Status) -> Result<Option<Self>, Malformed>;
}

/// There is such a detail, but it can't be read.
#[doc(hidden)]
#[derive(Debug)]
pub struct Malformed;

mod sealed {
    pub trait Sealed {}
}

/// The message of the first detail that is called `name`.
fn first<M: Message + Default>(details: &pb::Status, name: &str) -> Result<Option<M>, Malformed> {
    let is_meant = |url: &str| url.rsplit_once('/').is_some_and(|(_, found)| found == name);
    let any = details.details.iter().find(|any| is_meant(&any.type_url));
    any.map(|any| M::decode(&*any.value)).transpose().map_err(|_| Malformed)
}

impl sealed::Sealed for RetryInfo {}

impl Detail for RetryInfo {
    fn find(details: &pb::Status) -> Result<Option<Self>, Malformed> {
        let Some(info) = first::<pb::RetryInfo>(details, "google.rpc.RetryInfo")? else { return Ok(None) };
        let delay = info.retry_delay.map(|delay| {
            // The rules of `google/protobuf/duration.proto`, for a delay that is not negative.
            let seconds = u64::try_from(delay.seconds).map_err(|_| Malformed)?;
            let nanos = u32::try_from(delay.nanos).ok().filter(|nanos| *nanos < 1_000_000_000);
            Ok(Duration::new(seconds, nanos.ok_or(Malformed)?))
        });
        Ok(Some(Self { retry_delay: delay.transpose()? }))
    }
}

#[diagnostic::do_not_recommend]
impl DetailField<RetryInfo> for RetryInfo {
    fn to_detail(&self) -> Option<RetryInfo> {
        Some(self.clone())
    }

    fn from_detail(detail: Option<RetryInfo>) -> Option<Self> {
        detail
    }
}

macro_rules! details {
    ($($Detail:ident $name:literal $(= Vec<$Part:ident> $parts:ident)?,)*) => { $(
        impl sealed::Sealed for $Detail {}

        impl Detail for $Detail {
            fn find(details: &pb::Status) -> Result<Option<Self>, Malformed> {
                Ok(first::<pb::$Detail>(details, $name)?.map(Self::from))
            }
        }

        #[diagnostic::do_not_recommend]
        impl DetailField<$Detail> for $Detail {
            fn to_detail(&self) -> Option<$Detail> {
                Some(self.clone())
            }

            fn from_detail(detail: Option<$Detail>) -> Option<Self> {
                detail
            }
        }

        $(
            #[diagnostic::do_not_recommend]
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
    BadRequest "google.rpc.BadRequest" = Vec<FieldViolation> field_violations,
    DebugInfo "google.rpc.DebugInfo",
    ErrorInfo "google.rpc.ErrorInfo",
    Help "google.rpc.Help" = Vec<HelpLink> links,
    LocalizedMessage "google.rpc.LocalizedMessage",
    PreconditionFailure "google.rpc.PreconditionFailure" = Vec<PreconditionViolation> violations,
    QuotaFailure "google.rpc.QuotaFailure" = Vec<QuotaViolation> violations,
    RequestInfo "google.rpc.RequestInfo",
    ResourceInfo "google.rpc.ResourceInfo",
}

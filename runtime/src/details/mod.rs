//! Details that a status carries beside its code and message, after Google's
//! [richer error model](https://grpc.io/docs/guides/error/). Clients in every language can read them.
//!
//! [`#[grpc_error]`](macro@crate::grpc_error) attaches details to a status. Their types are those of `tonic-types`.
//! A client reads a detail by its type with [`find`]:
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

pub(crate) use header::{KEY, decode_header, drop_unreadable};
use prost::Message;
use tonic::Status;
#[doc(no_inline)]
pub use tonic_types::{
    BadRequest, DebugInfo, ErrorDetails, ErrorInfo, FieldViolation, Help, HelpLink, LocalizedMessage,
    PreconditionFailure, PreconditionViolation, QuotaFailure, QuotaViolation, RequestInfo, ResourceInfo,
    RetryInfo, StatusExt,
};
use tonic_types::{ErrorDetail, pb};

/// Returns the first detail of type `D`, or `None` if the status has no such detail or if it is malformed.
///
/// Details repeat the code of their status. If the two codes differ, `find` returns `None`. `TryFrom<&Status>` of an
/// error follows the same rule. `StatusExt` of tonic-types does not compare the codes.
///
/// It never panics, even if a peer has sent malformed details. (`StatusExt` panics at some delays of a [`RetryInfo`],
/// in builds that check for overflow.)
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
    D::find(&decode(status).ok()?).ok().flatten()
}

/// The reason for which the details of a status are refused.
pub(crate) enum Refused {
    /// The details are not a `google.rpc.Status`.
    Malformed,
    /// The details have another code than their status.
    Contradictory,
}

/// Decodes the details of a status.
pub(crate) fn decode(status: &Status) -> Result<pb::Status, Refused> {
    let details = pb::Status::decode(status.details()).map_err(|_| Refused::Malformed)?;
    // A status without details decodes as one with the code 0, which contradicts nothing.
    if !status.details().is_empty() && details.code != i32::from(status.code()) {
        return Err(Refused::Contradictory);
    }
    Ok(details)
}

/// A field of an error that is sent as text in the metadata of [`ErrorInfo`], and restored from it: any type that
/// implements [`Display`] and [`FromStr`].
///
/// You do not implement this trait. See `#[status(metadata)]` of [`#[grpc_error]`](macro@crate::grpc_error).
///
/// ```
/// use vestibule::details::ErrorField;
///
/// assert_eq!(7.to_text(), "7");
/// assert_eq!(i32::from_text("7"), Some(7));
/// assert_eq!(i32::from_text("seven"), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be sent as metadata of an error",
    label = "does not implement both `Display` and `FromStr`",
    note = "use a `String` or a type of your own that implements both, or do not send the field, with `#[status(default)]`"
)]
pub trait ErrorField: Sized {
    /// Returns the text that is sent. The example of the trait calls it.
    fn to_text(&self) -> String;

    /// Reads the text that was sent, or returns `None` if it is not such a value. The example of the trait calls it.
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

/// A field of an error that is sent as a detail of the status: the detail itself, its parts, or an `Option` of
/// either.
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
    message = "`{Self}` can't be sent as a `{D}`",
    label = "not a type for this detail",
    note = "the documentation of `vestibule::details::DetailField` lists the types",
    note = "in an expression, fields are references: write `*delay` for a field `delay: Duration`"
)]
pub trait DetailField<D>: Sized {
    /// Returns the detail that is sent, or `None` to send none. The example of the trait calls it.
    fn to_detail(&self) -> Option<D>;

    /// Reads the field from the detail that was sent, or returns `None` if the detail does not fit the field.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use vestibule::details::{DetailField, RetryInfo};
    ///
    /// let detail = RetryInfo::new(Some(Duration::from_secs(1)));
    /// assert_eq!(Duration::from_detail(Some(detail)), Some(Duration::from_secs(1)));
    /// ```
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

/// A type of detail that [`find`] can return.
///
/// The trait is sealed. All details of this module implement it.
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

/// The error for a detail that can't be read.
#[doc(hidden)]
#[derive(Debug)]
pub struct Malformed;

mod sealed {
    pub trait Sealed {}
}

/// Decodes the first detail of the protobuf type `name`.
fn decode_first<M: Message + Default>(details: &pb::Status, name: &str) -> Result<Option<M>, Malformed> {
    let is_named = |url: &str| url.rsplit_once('/').is_some_and(|(_, found)| found == name);
    let any = details.details.iter().find(|any| is_named(&any.type_url));
    any.map(|any| M::decode(&*any.value)).transpose().map_err(|_| Malformed)
}

impl sealed::Sealed for RetryInfo {}

impl Detail for RetryInfo {
    fn find(details: &pb::Status) -> Result<Option<Self>, Malformed> {
        let info = decode_first::<pb::RetryInfo>(details, "google.rpc.RetryInfo")?;
        let Some(info) = info else { return Ok(None) };
        let delay = info.retry_delay.map(|delay| {
            // These are the rules of `google/protobuf/duration.proto`, for a delay that is not negative.
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
                Ok(decode_first::<pb::$Detail>(details, $name)?.map(Self::from))
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

                /// Returns an empty list if there is no detail, because an empty list is not sent.
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

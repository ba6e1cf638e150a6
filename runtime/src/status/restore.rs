use std::error::Error;
use std::fmt;
use std::marker::PhantomData;

use tonic::Status;
use tonic_types::{ErrorInfo, pb};

use super::size::LEFT_OUT;
use crate::details::{self, Detail, Refused};

/// A status that is not the error it was to be turned into. It still holds the status.
///
/// ```
/// use vestibule::{Code, Status, TryFromStatusError, grpc_error};
///
/// #[grpc_error(domain = "calculator.example.com")]
/// #[derive(Debug, thiserror::Error)]
/// enum CalcError {
///     #[error("the sum is too large")]
///     #[status(OutOfRange)]
///     Overflow,
/// }
///
/// let error: TryFromStatusError = CalcError::try_from(&Status::not_found("no such thing")).unwrap_err();
/// assert_eq!(error.to_string(), "the status has no `ErrorInfo`");
/// assert_eq!(error.into_status().code(), Code::NotFound);
/// ```
#[derive(Clone, Debug)]
pub struct TryFromStatusError {
    status: Status,
    why: Mismatch,
}

#[derive(Clone, Debug)]
enum Mismatch {
    /// The details are no `google.rpc.Status`.
    Malformed,
    /// They have another code than the status they came with.
    Contradictory,
    NoErrorInfo,
    Domain(String),
    Reason(String),
    /// The error has a source, which stays with the service.
    Local(&'static str),
    Field(&'static str),
}

impl TryFromStatusError {
    /// The status.
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// The status, by value.
    #[must_use]
    pub fn into_status(self) -> Status {
        self.status
    }
}

/// The status it holds: a service that can't tell what went wrong further in may hand it on.
impl From<TryFromStatusError> for Status {
    fn from(error: TryFromStatusError) -> Self {
        error.status
    }
}

impl fmt::Display for TryFromStatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Mismatch::Malformed => f.write_str("the details of the status are malformed"),
            Mismatch::Contradictory => f.write_str("the details are of a status with another code"),
            Mismatch::NoErrorInfo => f.write_str("the status has no `ErrorInfo`"),
            Mismatch::Domain(domain) => write!(f, "the domain `{}` is another one", excerpt(domain)),
            Mismatch::Reason(reason) => write!(f, "the reason `{}` is not known", excerpt(reason)),
            Mismatch::Local(reason) => write!(f, "the error behind the reason `{reason}` does not travel"),
            Mismatch::Field(key) => write!(f, "`{key}` is missing or malformed"),
        }
    }
}

/// Nobody reads more of what a peer sent.
fn excerpt(text: &str) -> String {
    text.chars().take(64).flat_map(char::escape_debug).collect()
}

impl Error for TryFromStatusError {}

/// A status that the expansion of `#[grpc_error]` turns back into the error.
#[derive(Debug)]
pub struct ReceivedStatus<'a> {
    status: &'a Status,
    info: ErrorInfo,
    details: pb::Status,
}

impl<'a> ReceivedStatus<'a> {
    /// What is to be read of a status, if it is of this domain.
    pub fn new(status: &'a Status, domain: &str) -> Result<Self, TryFromStatusError> {
        let fail = |why| Err(TryFromStatusError { status: status.clone(), why });
        if status.details().is_empty() {
            return fail(Mismatch::NoErrorInfo);
        }
        let details = match details::of(status) {
            Ok(details) => details,
            Err(Refused::Malformed) => return fail(Mismatch::Malformed),
            Err(Refused::Contradictory) => return fail(Mismatch::Contradictory),
        };
        match ErrorInfo::find(&details) {
            Err(_) => fail(Mismatch::Malformed),
            Ok(None) => fail(Mismatch::NoErrorInfo),
            Ok(Some(info)) if info.domain != domain => fail(Mismatch::Domain(info.domain)),
            Ok(Some(info)) => Ok(Self { status, info, details }),
        }
    }

    /// What the error is called across the wire.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.info.reason
    }

    /// A field that went along as metadata.
    pub fn metadata<T>(
        &self,
        key: &'static str,
        from_text: fn(&str) -> Option<T>,
    ) -> Result<T, TryFromStatusError> {
        self.optional_metadata(key, from_text)?.ok_or_else(|| self.error(Mismatch::Field(key)))
    }

    /// The same for an `Option`.
    pub fn optional_metadata<T>(
        &self,
        key: &'static str,
        from_text: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, TryFromStatusError> {
        let Some(text) = self.info.metadata.get(key) else { return Ok(None) };
        from_text(text).map(Some).ok_or_else(|| self.error(Mismatch::Field(key)))
    }

    /// A field that is a detail.
    pub fn detail<D: Detail, T>(
        &self,
        key: &'static str,
        from_detail: fn(Option<D>) -> Option<T>,
    ) -> Result<T, TryFromStatusError> {
        let detail = D::find(&self.details).map_err(|_| self.error(Mismatch::Field(key)))?;
        // One that is not there may have been too large.
        if detail.is_none() && self.info.metadata.contains_key(LEFT_OUT) {
            return Err(self.error(Mismatch::Field(key)));
        }
        from_detail(detail).ok_or_else(|| self.error(Mismatch::Field(key)))
    }

    /// This reason is known, but its error can't be made.
    #[must_use]
    pub fn local(&self, reason: &'static str) -> TryFromStatusError {
        self.error(Mismatch::Local(reason))
    }

    /// This reason is not known.
    #[must_use]
    pub fn unknown(&self) -> TryFromStatusError {
        self.error(Mismatch::Reason(self.info.reason.clone()))
    }

    fn error(&self, why: Mismatch) -> TryFromStatusError {
        TryFromStatusError { status: self.status.clone(), why }
    }
}

/// The error in a transparent variant, if it has a way back. The expansion calls `(&&Restore::<T>::new()).vestibule_restore(status)`.
#[derive(Debug)]
pub struct Restore<T>(PhantomData<T>);

impl<T> Restore<T> {
    /// Nothing yet.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

/// It has one.
pub trait RestoreError<T> {
    /// The error, if the status is of it.
    fn vestibule_restore(&self, status: &Status) -> Option<T>;
}

impl<T: FromStatus> RestoreError<T> for &Restore<T> {
    fn vestibule_restore(&self, status: &Status) -> Option<T> {
        T::from_status(status).ok()
    }
}

/// What `#[grpc_error]` with a domain implements. `TryFrom` has impls that others are in the way of.
pub trait FromStatus: Sized {
    /// The error, if the status is of it.
    fn from_status(status: &Status) -> Result<Self, TryFromStatusError>;
}

/// It has none.
pub trait RestoreNothing<T> {
    /// Nothing.
    fn vestibule_restore(&self, status: &Status) -> Option<T>;
}

impl<T> RestoreNothing<T> for Restore<T> {
    fn vestibule_restore(&self, _status: &Status) -> Option<T> {
        None
    }
}

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;

use tonic::{Code, Status};
use tonic_types::{ErrorInfo, pb};

use super::size::LEFT_OUT;
use crate::details::{self, Detail, Refused};

/// The error of `TryFrom<&Status>` for an error type with [`#[grpc_error]`](macro@crate::grpc_error): the status does
/// not contain an error of that type.
///
/// This error holds the status.
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
    mismatch: Mismatch,
}

#[derive(Clone, Debug)]
enum Mismatch {
    /// The details are not a `google.rpc.Status`.
    Malformed,
    /// The details have another code than their status.
    Contradictory,
    NoErrorInfo,
    Domain(String),
    Reason(String),
    /// The error has a source, which stays in the service.
    Local(&'static str),
    Field(&'static str),
}

impl TryFromStatusError {
    /// Returns the status.
    ///
    /// ```
    /// use vestibule::{Code, Status, TryFromStatusError, grpc_error};
    ///
    /// #[grpc_error(domain = "shop.example.com")]
    /// #[derive(Debug, thiserror::Error)]
    /// #[error("sold out")]
    /// #[status(FailedPrecondition)]
    /// struct SoldOut;
    ///
    /// let error: TryFromStatusError = SoldOut::try_from(&Status::internal("")).unwrap_err();
    /// assert_eq!(error.status().code(), Code::Internal);
    /// ```
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Converts this error into the status. The example of [`TryFromStatusError`] calls it.
    #[must_use]
    pub fn into_status(self) -> Status {
        self.status
    }
}

/// Returns the status, so that a service can return an unknown failure of another service with `?`.
impl From<TryFromStatusError> for Status {
    fn from(error: TryFromStatusError) -> Self {
        error.status
    }
}

impl fmt::Display for TryFromStatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.mismatch {
            Mismatch::Malformed => f.write_str("the details of the status are malformed"),
            Mismatch::Contradictory => f.write_str("the details are of a status with another code"),
            Mismatch::NoErrorInfo => f.write_str("the status has no `ErrorInfo`"),
            Mismatch::Domain(domain) => write!(f, "the domain `{}` is another one", excerpt(domain)),
            Mismatch::Reason(reason) => write!(f, "the reason `{}` is not known", excerpt(reason)),
            Mismatch::Local(reason) => {
                write!(f, "an error with the reason `{reason}` can't be restored from a status")
            }
            Mismatch::Field(key) => write!(f, "`{key}` is missing or malformed"),
        }
    }
}

/// Returns the beginning of a text that a peer has sent, escaped: it may be long, and may break the lines of a log.
fn excerpt(text: &str) -> String {
    text.chars().take(64).flat_map(char::escape_debug).collect()
}

impl Error for TryFromStatusError {}

/// Reads an error from a status. The expansion of `#[grpc_error]` uses it.
#[derive(Debug)]
pub struct ReceivedStatus<'a> {
    status: &'a Status,
    info: ErrorInfo,
    details: pb::Status,
}

impl<'a> ReceivedStatus<'a> {
    /// Reads the details of a status, if they are of this domain.
    pub fn new(status: &'a Status, domain: &str) -> Result<Self, TryFromStatusError> {
        let fail = |mismatch| Err(TryFromStatusError { status: status.clone(), mismatch });
        if status.details().is_empty() {
            return fail(Mismatch::NoErrorInfo);
        }
        let details = match details::decode(status) {
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

    /// Returns the name of the error across the wire.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.info.reason
    }

    /// Returns the code of the status.
    #[must_use]
    pub fn code(&self) -> Code {
        self.status.code()
    }

    /// Returns a field that was sent as metadata of `ErrorInfo`.
    pub fn metadata<T>(
        &self,
        key: &'static str,
        from_text: fn(&str) -> Option<T>,
    ) -> Result<T, TryFromStatusError> {
        self.optional_metadata(key, from_text)?.ok_or_else(|| self.error(Mismatch::Field(key)))
    }

    /// Returns a field that was sent as metadata of `ErrorInfo`, or `None` if it was not sent.
    pub fn optional_metadata<T>(
        &self,
        key: &'static str,
        from_text: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, TryFromStatusError> {
        let Some(text) = self.info.metadata.get(key) else { return Ok(None) };
        from_text(text).map(Some).ok_or_else(|| self.error(Mismatch::Field(key)))
    }

    /// Returns a field that was sent as a detail.
    pub fn detail<D: Detail, T>(
        &self,
        key: &'static str,
        from_detail: fn(Option<D>) -> Option<T>,
    ) -> Result<T, TryFromStatusError> {
        let detail = D::find(&self.details).map_err(|_| self.error(Mismatch::Field(key)))?;
        // The service may have left out a detail that was too large.
        if detail.is_none() && self.info.metadata.contains_key(LEFT_OUT) {
            return Err(self.error(Mismatch::Field(key)));
        }
        from_detail(detail).ok_or_else(|| self.error(Mismatch::Field(key)))
    }

    /// Returns the failure for a known reason whose error can't be restored.
    #[must_use]
    pub fn not_restorable(&self, reason: &'static str) -> TryFromStatusError {
        self.error(Mismatch::Local(reason))
    }

    /// Returns the failure for an unknown reason.
    #[must_use]
    pub fn unknown_reason(&self) -> TryFromStatusError {
        self.error(Mismatch::Reason(self.info.reason.clone()))
    }

    fn error(&self, mismatch: Mismatch) -> TryFromStatusError {
        TryFromStatusError { status: self.status.clone(), mismatch }
    }
}

/// Restores the error in a transparent variant, if its type can be restored. The expansion calls
/// `(&&Restore::<T>::new()).vestibule_restore(status)`; the compiler finds the first of the two traits that `T`
/// allows.
#[derive(Debug)]
pub struct Restore<T>(PhantomData<T>);

impl<T> Restore<T> {
    /// Creates it.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

/// Restores an error that has `#[grpc_error]` with a domain.
pub trait RestoreError<T> {
    /// Returns the error, if the status contains it.
    fn vestibule_restore(&self, status: &Status) -> Option<T>;
}

impl<T: FromStatus> RestoreError<T> for &Restore<T> {
    fn vestibule_restore(&self, status: &Status) -> Option<T> {
        T::from_status(status).ok()
    }
}

/// An error that can be restored from a status. `#[grpc_error]` with a domain implements it.
///
/// `TryFrom` would not do as a bound: its blanket impls cover types that can't be restored.
pub trait FromStatus: Sized {
    /// Returns the error, if the status contains it.
    fn from_status(status: &Status) -> Result<Self, TryFromStatusError>;
}

/// Restores nothing, for any other error.
pub trait RestoreNothing<T> {
    /// Returns `None`.
    fn vestibule_restore(&self, status: &Status) -> Option<T>;
}

impl<T> RestoreNothing<T> for Restore<T> {
    fn vestibule_restore(&self, _status: &Status) -> Option<T> {
        None
    }
}

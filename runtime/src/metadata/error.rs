use std::borrow::Cow;

use tonic::{Code, Status};

/// The reason why a metadata value can't be read as the type of a parameter.
///
/// ```
/// use vestibule::metadata::InvalidValue;
///
/// let error = InvalidValue::new("expected `fr-FR` or `en`");
/// assert_eq!(error.to_string(), "expected `fr-FR` or `en`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    reason: Cow<'static, str>,
}

impl InvalidValue {
    /// Creates an error with this reason. The client reads the reason after the name of the key.
    ///
    /// The reason should say what is expected. It must never contain a secret. The example of [`InvalidValue`] calls
    /// this.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into() }
    }
}

impl std::fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for InvalidValue {}

/// The reason for which the values of a key can't be read as the type that was asked for.
#[derive(Debug)]
pub enum Unreadable {
    Missing,
    Repeated,
    Invalid(InvalidValue),
}

impl From<InvalidValue> for Unreadable {
    fn from(error: InvalidValue) -> Self {
        Self::Invalid(error)
    }
}

impl From<Unreadable> for InvalidValue {
    fn from(error: Unreadable) -> Self {
        match error {
            Unreadable::Missing => Self::new("it is missing"),
            Unreadable::Repeated => Self::new("it must be given once"),
            Unreadable::Invalid(error) => error,
        }
    }
}

impl Unreadable {
    /// Returns the status of the call. It names the key, but never the value.
    #[cold]
    pub(super) fn into_status(self, key: &str) -> Status {
        let is_credential = key == "authorization";
        let code = if is_credential { Code::Unauthenticated } else { Code::InvalidArgument };
        let message = match self {
            Self::Missing => format!("metadata `{key}` is missing"),
            Self::Repeated => format!("metadata `{key}` must be given once"),
            // The reason might repeat the credential.
            Self::Invalid(_) if is_credential => format!("metadata `{key}` is malformed"),
            Self::Invalid(error) => format!("metadata `{key}` is malformed: {error}"),
        };
        Status::new(code, message)
    }
}

use std::borrow::Cow;
use std::fmt;

use tonic::{Code, Status};

/// The reason why the metadata of a key can't be read as the type of a parameter.
///
/// ```
/// use vestibule::metadata::InvalidValue;
///
/// let error = InvalidValue::new("expected `fr-FR` or `en`");
/// assert_eq!(error.to_string(), "expected `fr-FR` or `en`");
/// ```
#[derive(Clone, Debug)]
pub struct InvalidValue(Reason);

#[derive(Clone, Debug)]
enum Reason {
    Missing,
    Repeated,
    Malformed(Cow<'static, str>),
}

impl InvalidValue {
    /// Creates an error with this reason. The client reads the reason after the name of the key.
    ///
    /// The reason should say what is expected. It must never contain a secret. The example of [`InvalidValue`] calls
    /// this.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(Reason::Malformed(reason.into()))
    }

    /// Creates the error for a key without a value.
    ///
    /// Only an implementation of [`FromMetadata::from_values`](super::FromMetadata::from_values) needs it.
    ///
    /// ```
    /// use vestibule::metadata::InvalidValue;
    ///
    /// assert_eq!(InvalidValue::missing().to_string(), "it is missing");
    /// ```
    #[must_use]
    pub const fn missing() -> Self {
        Self(Reason::Missing)
    }

    pub(super) const fn repeated() -> Self {
        Self(Reason::Repeated)
    }

    fn reason(&self) -> &str {
        match &self.0 {
            Reason::Missing => "it is missing",
            Reason::Repeated => "it must be given once",
            Reason::Malformed(reason) => reason,
        }
    }

    /// Returns the status of the call. It names the key, but never the value.
    #[cold]
    pub(super) fn into_status(self, key: &str) -> Status {
        let is_credential = key == "authorization";
        let code = if is_credential { Code::Unauthenticated } else { Code::InvalidArgument };
        let message = match self.0 {
            Reason::Missing => format!("metadata `{key}` is missing"),
            Reason::Repeated => format!("metadata `{key}` must be given once"),
            // The reason might repeat the credential.
            Reason::Malformed(_) if is_credential => format!("metadata `{key}` is malformed"),
            Reason::Malformed(reason) => format!("metadata `{key}` is malformed: {reason}"),
        };
        Status::new(code, message)
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

/// Compares the reasons, as they are displayed.
impl PartialEq for InvalidValue {
    fn eq(&self, other: &Self) -> bool {
        self.reason() == other.reason()
    }
}

impl Eq for InvalidValue {}

impl std::error::Error for InvalidValue {}

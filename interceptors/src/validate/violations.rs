use std::error::Error;
use std::fmt;

/// The rules of a message.
///
/// Write them by hand, or call the validator that you have. [`Validation`](super::Validation) asks them:
///
/// ```
/// use proto::hello::HelloRequest;
/// use vestibule_interceptors::{Validate, Violations};
///
/// struct Checked(HelloRequest);
///
/// impl Validate for Checked {
///     fn validate(&self) -> Result<(), Violations> {
///         let mut violations = Violations::new();
///         if self.0.name.is_empty() {
///             violations.add("name", "string.min_len", "must not be empty");
///         }
///         violations.into_result()
///     }
/// }
///
/// let violations = Checked(HelloRequest::default()).validate().unwrap_err();
/// assert_eq!(violations.to_string(), "name: must not be empty");
/// ```
///
/// A message without rules is exempt if this is written: `impl Validate for HelloResponse {}`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rules",
    label = "is validated",
    note = "write `impl vestibule_interceptors::Validate for {Self}`, with a method `validate` if it has rules"
)]
pub trait Validate {
    /// Checks all rules.
    ///
    /// # Errors
    ///
    /// Returns the rules that the message breaks.
    fn validate(&self) -> Result<(), Violations> {
        Ok(())
    }
}

/// The rules that a message breaks. [`Validate`] has an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    violations: Vec<Violation>,
    failure: Option<String>,
}

/// One rule that a message breaks.
///
/// ```
/// use vestibule_interceptors::Violations;
///
/// let mut violations = Violations::new();
/// violations.add("items[2].name", "string.min_len", "must not be empty");
/// let violation = violations.iter().next().unwrap();
/// assert_eq!(violation.field(), "items[2].name");
/// assert_eq!(violation.rule_id(), "string.min_len");
/// assert_eq!(violation.message(), "must not be empty");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    field: String,
    rule_id: String,
    message: String,
}

impl Violation {
    /// Returns the path of the field, as protovalidate writes it: `items[2].name`, or `labels["a"]` in a map. It is empty for a
    /// rule of the whole message.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the id of the rule, such as `string.min_len`.
    #[must_use]
    pub fn rule_id(&self) -> &str {
        &self.rule_id
    }

    /// Returns the text for a person.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl Violations {
    /// Makes an empty list. The example of [`Validate`] calls it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says that the rules themselves can't be checked. The client learns no more than that: it ends with INTERNAL.
    ///
    /// ```
    /// use vestibule_interceptors::Violations;
    ///
    /// let failure = Violations::failed("the pattern of `name` can't be compiled");
    /// assert_eq!(failure.to_string(), "the pattern of `name` can't be compiled");
    /// ```
    #[must_use]
    pub fn failed(reason: impl Into<String>) -> Self {
        Self { violations: Vec::new(), failure: Some(reason.into()) }
    }

    /// Adds a rule that the message breaks. The example of [`Validate`] calls it.
    pub fn add(&mut self, field: impl Into<String>, rule_id: impl Into<String>, message: impl Into<String>) {
        let violation = Violation { field: field.into(), rule_id: rule_id.into(), message: message.into() };
        self.violations.push(violation);
    }

    /// Checks a message that is a field of this one, and adds its violations below that field.
    ///
    /// ```
    /// use vestibule_interceptors::{Validate, Violations};
    ///
    /// struct Item {
    ///     count: u32,
    /// }
    ///
    /// impl Validate for Item {
    ///     fn validate(&self) -> Result<(), Violations> {
    ///         let mut violations = Violations::new();
    ///         if self.count == 0 {
    ///             violations.add("count", "uint32.gt", "must be greater than 0");
    ///         }
    ///         violations.into_result()
    ///     }
    /// }
    ///
    /// let mut violations = Violations::new();
    /// for (index, item) in [Item { count: 1 }, Item { count: 0 }].iter().enumerate() {
    ///     violations.check(&format!("items[{index}]"), item);
    /// }
    /// assert_eq!(violations.to_string(), "items[1].count: must be greater than 0");
    /// ```
    pub fn check(&mut self, field: &str, message: &(impl Validate + ?Sized)) {
        let Err(inner) = message.validate() else { return };
        self.failure = self.failure.take().or(inner.failure);
        self.violations.extend(inner.violations.into_iter().map(|violation| {
            let between = if violation.field.is_empty() { "" } else { "." };
            Violation { field: format!("{field}{between}{}", violation.field), ..violation }
        }));
    }

    /// Returns an error with these violations, unless there is none. The example of [`Validate`] calls it.
    ///
    /// # Errors
    ///
    /// Returns the list itself, if it is not empty.
    pub fn into_result(self) -> Result<(), Self> {
        if self.violations.is_empty() && self.failure.is_none() { Ok(()) } else { Err(self) }
    }

    /// Returns the violations. The example of [`Violation`] calls it.
    pub fn iter(&self) -> impl Iterator<Item = &Violation> {
        self.violations.iter()
    }

    /// Returns the reason why the rules can't be checked.
    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Forgets all violations but the first.
    pub(super) fn keep_first(&mut self) {
        self.violations.truncate(1);
    }
}

/// Writes the violations one after the other, with `; ` in between.
impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(failure) = &self.failure {
            return f.write_str(failure);
        }
        for (index, Violation { field, message, .. }) in self.violations.iter().enumerate() {
            let before = if index == 0 { "" } else { "; " };
            let between = if field.is_empty() { "" } else { ": " };
            write!(f, "{before}{field}{between}{message}")?;
        }
        Ok(())
    }
}

impl Error for Violations {}

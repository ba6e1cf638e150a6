//! The text of a status, in the form that gRPC has in every language.

use vestibule::details::{self, QuotaFailure};
use vestibule::{Status, code_name};

/// Prints a status as `UNAUTHENTICATED: invalid token`, with the exhausted quotas below it.
#[must_use]
pub fn describe(status: &Status) -> String {
    let mut text = format!("{}: {}", code_name(status.code()), status.message());
    let quotas = details::find::<QuotaFailure>(status);
    for violation in quotas.into_iter().flat_map(|failure| failure.violations) {
        text += &format!("\n    {}: {}", violation.subject, violation.description);
    }
    text
}

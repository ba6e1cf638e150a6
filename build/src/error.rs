//! The error of a build script.

use std::fmt;

/// The error of a build script, in one sentence.
///
/// A function `main` that returns it shows the sentence: the `Debug` format is the same as the `Display` format.
pub struct Error(String);

impl Error {
    /// Replaces line breaks, so that the sentence is one line.
    pub(crate) fn new(text: &str) -> Self {
        Self(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Says what has failed, and why.
    pub(crate) fn because(action: &str, reason: impl fmt::Display) -> Self {
        Self::new(&format!("{action}: {reason}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

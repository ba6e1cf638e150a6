//! The language of the error messages.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use vestibule::FromMetadata;
use vestibule::metadata::InvalidValue;

/// The language that a client asks for in the metadata `locale`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// `fr-FR`.
    #[default]
    French,
    /// `en`.
    English,
}

impl Locale {
    /// Returns the text that is in this language.
    #[must_use]
    pub fn pick<'a>(self, french: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }
}

impl FromMetadata<'_> for Locale {
    fn from_metadata(value: &str) -> Result<Self, InvalidValue> {
        let Ok(locale) = value.parse();
        Ok(locale)
    }
}

impl FromStr for Locale {
    type Err = Infallible;

    /// Never fails. An unknown language is French, because it is no reason to reject an addition.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "fr-FR" => Self::French,
            "en" => Self::English,
            _ => Self::default(),
        })
    }
}

/// Prints the form that `FromStr` reads.
impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.pick("fr-FR", "en"))
    }
}

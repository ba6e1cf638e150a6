//! The language of the messages.

use vestibule::FromMetadata;
use vestibule::metadata::InvalidValue;

/// The metadata `locale`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// `fr-FR`.
    #[default]
    French,
    /// `en`.
    English,
}

impl Locale {
    /// The one of two texts that is in this language.
    #[must_use]
    pub fn pick<'a>(self, french: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }
}

impl FromMetadata<'_> for Locale {
    /// A language that is not spoken here is no reason to refuse an addition.
    fn from_metadata(value: &str) -> Result<Self, InvalidValue> {
        Ok(match value {
            "fr-FR" => Self::French,
            "en" => Self::English,
            _ => Self::default(),
        })
    }
}

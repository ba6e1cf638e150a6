//! The errors of an addition. The server returns them, and the client matches on them.

use std::time::Duration;

use vestibule::details::FieldViolation;
use vestibule::grpc_error;

use crate::locale::Locale;

/// The reason why an addition is rejected, in the language of the caller.
#[grpc_error(domain = "calculator.example.com")]
#[derive(Debug, thiserror::Error)]
pub enum CalcError {
    /// One of the numbers is negative, or both.
    #[error("{}", .locale.pick("Les nombres doivent être positifs", "Numbers must be positive"))]
    #[status(
        InvalidArgument,
        localized_message(
            locale = locale,
            message = locale.pick("Essayez avec des nombres positifs.", "Try positive numbers."),
        )
    )]
    Negative {
        /// The negative numbers.
        #[status(bad_request)]
        fields: Vec<FieldViolation>,
        /// The language of the message.
        #[status(metadata)]
        locale: Locale,
    },
    /// The sum does not fit into an `int32`.
    #[error("{}", .locale.pick("La somme dépasse 2147483647", "The sum exceeds 2147483647"))]
    #[status(
        OutOfRange,
        localized_message(
            locale = locale,
            message = locale.pick("Essayez avec des nombres plus petits.", "Try smaller numbers."),
        )
    )]
    Overflow {
        /// The language of the message.
        #[status(metadata)]
        locale: Locale,
    },
    /// All slots for calls in flight are taken.
    #[error("too many calls in flight")]
    #[status(Unavailable)]
    Overloaded {
        /// The time after which another attempt is worthwhile.
        #[status(retry_info)]
        retry_in: Duration,
    },
}

impl CalcError {
    /// Makes the error of those `numbers` that are negative. Each has its name in the request.
    #[must_use]
    pub fn negative(numbers: [(&str, i32); 2], locale: Locale) -> Self {
        let negative = numbers.into_iter().filter(|(_, number)| *number < 0);
        let fields = negative.map(|(field, number)| {
            FieldViolation::new(field, format!("{number} {}", locale.pick("est négatif", "is negative")))
        });
        Self::Negative { fields: fields.collect(), locale }
    }
}

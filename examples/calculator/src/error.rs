//! What can be wrong with an addition.

use vestibule::grpc_error;

use crate::locale::Locale;

/// An addition that is refused, in the language of the caller.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
pub enum CalcError {
    /// One of the numbers is negative.
    #[error("{}", .0.pick("Les nombres doivent être positifs", "Numbers must be positive"))]
    #[status(InvalidArgument)]
    Negative(Locale),
    /// The sum does not fit into an `int32`.
    #[error("{}", .0.pick("La somme dépasse 2147483647", "The sum exceeds 2147483647"))]
    #[status(OutOfRange)]
    Overflow(Locale),
}

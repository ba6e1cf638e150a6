//! Statuses, as gRPC writes them in every language.

use vestibule::{Code, Status};

/// `UNAUTHENTICATED: invalid token`.
#[must_use]
pub fn describe(status: &Status) -> String {
    format!("{}: {}", code_name(status.code()), status.message())
}

/// `InvalidArgument`, which is Rust's way, as `INVALID_ARGUMENT`.
#[must_use]
pub fn code_name(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

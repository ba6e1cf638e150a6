//! All cases.

use crate::case::Case;
use crate::{chain, handling, idempotent, observe, observe_log, rate_limit, realistic, streams, token};

/// Returns all cases, in the order of the table.
#[must_use]
pub fn all() -> Vec<Case> {
    [
        chain::cases(),
        realistic::cases(),
        handling::cases(),
        streams::cases(),
        observe::cases(),
        observe_log::cases(),
        rate_limit::cases(),
        token::cases(),
        idempotent::cases(),
    ]
    .concat()
}

/// Returns the case of this name.
///
/// # Panics
///
/// No case has this name.
#[must_use]
pub(crate) fn named(name: &str) -> Case {
    all().into_iter().find(|case| case.name() == name).unwrap_or_else(|| panic!("no case is named {name}"))
}

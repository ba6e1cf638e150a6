//! Something to be measured, by its name.

use crate::{chain, handling, realistic, streams};

/// Something to be measured.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What it is part of, such as `chain`.
    pub group: &'static str,
    /// Who does it, such as `vestibule`.
    pub who: &'static str,
    /// How many interceptors do it.
    pub count: usize,
    /// How many messages go through it, where the cost of one is of interest.
    pub messages: u64,
    /// Makes what does it once, whenever it is called.
    pub start: fn() -> Once,
}

/// Does it once.
pub type Once = Box<dyn FnMut()>;

impl Case {
    /// One without messages to be counted.
    #[must_use]
    pub const fn new(group: &'static str, who: &'static str, count: usize, start: fn() -> Once) -> Self {
        Self { group, who, count, messages: 1, start }
    }

    /// By this name it is found again, in another process.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.group, self.who, self.count)
    }
}

/// All of them, in the order of the table.
#[must_use]
pub fn all() -> Vec<Case> {
    [chain::cases(), realistic::cases(), handling::cases(), streams::cases()].concat()
}

/// The one of this name.
///
/// # Panics
///
/// There is none.
#[must_use]
pub fn named(name: &str) -> Case {
    all().into_iter().find(|case| case.name() == name).unwrap_or_else(|| panic!("no case is named {name}"))
}

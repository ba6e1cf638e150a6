//! Budgets: the costs that must not grow, and those that should shrink.

mod exact;
mod idempotent;
mod observe;
mod observe_log;
mod rate_limit;
mod timed;
mod token;

use std::fmt::Write as _;

use crate::measure::Cost;

pub(super) use exact::{exact, is_counted};
pub(super) use timed::timed;

/// A cost with its target and its limit.
pub(super) struct Budget {
    /// A description of the cost.
    what: &'static str,
    /// The cost, if it was measured. Instructions need valgrind.
    cost: Option<f64>,
    /// The cost that we want.
    target: f64,
    /// A larger cost fails the bench. Where the target is missed, the limit is a little above today's cost.
    limit: f64,
    /// The reason why the target is missed, if it is.
    reason: &'static str,
}

impl Budget {
    pub(super) fn is_broken(&self) -> bool {
        self.cost.is_some_and(|cost| cost > self.limit)
    }

    fn verdict(&self) -> &'static str {
        match self.cost {
            None => "not measured",
            Some(cost) if cost <= self.target => "kept",
            Some(cost) if cost <= self.limit => "missed",
            Some(_) => "BROKEN",
        }
    }
}

/// The costs of the cases, found by their names.
struct Costs<'a>(&'a [Cost]);

impl Costs<'_> {
    fn of(&self, name: &str) -> &Cost {
        let cost = self.0.iter().find(|cost| cost.case.name() == name);
        cost.unwrap_or_else(|| panic!("no case is named {name}"))
    }

    #[expect(clippy::cast_precision_loss, reason = "the number is below some thousands")]
    fn allocations(&self, name: &str) -> f64 {
        self.of(name).allocations as f64
    }

    fn instructions(&self, name: &str) -> Option<f64> {
        self.of(name).instructions
    }

    fn time(&self, name: &str) -> Option<f64> {
        Some(self.of(name).time?.median)
    }
}

pub(super) fn table(budgets: &[Budget]) -> String {
    let mut text = "## Budgets\n\nThe target is what we want, the limit what `.ci/run` fails above. Kept: not above the target. \
                    Missed: above it, for the reason given. Rows without a limit are of this machine, and fail nothing. \
                    \"Times\" is a quotient: 1.12 is 12 % more.\n\n| | measured | target | limit | |\n| --- | ---: | ---: | ---: | --- |\n"
        .to_owned();
    for budget in budgets {
        let Budget { what, cost, target, limit, reason } = budget;
        let cost = cost.map_or_else(|| "-".to_owned(), |cost| format!("{cost:.2}"));
        let verdict = budget.verdict();
        let verdict = if verdict == "missed" { format!("missed: {reason}") } else { verdict.to_owned() };
        let limit = if limit.is_finite() { limit.to_string() } else { String::new() };
        let _ = writeln!(text, "| {what} | {cost} | {target} | {limit} | {verdict} |");
    }
    text.push('\n');
    text
}

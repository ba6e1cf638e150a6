//! The budgets of responses that are kept.

use super::{Budget, Costs};

/// Returns the budgets of what keeps responses, above the same call without it.
///
/// valgrind has no instructions for SHA-256, which `Idempotent` computes twice: they are two thirds of its instructions.
pub(super) fn idempotent(costs: &Costs<'_>) -> Vec<Budget> {
    const NOTHING: &str = "a kept response/nothing/0";
    let allocations = |what, case, limit| Budget {
        what,
        cost: Some(costs.allocations(case) - costs.allocations(NOTHING)),
        target: limit,
        limit,
        reason: "",
    };
    let instructions = |what, case, limit| Budget {
        what,
        cost: costs.instructions(case).zip(costs.instructions(NOTHING)).map(|(cost, nothing)| cost - nothing),
        target: limit,
        limit,
        reason: "",
    };
    let [repeated, first] = ["a kept response/Idempotent/0", "a kept response/Idempotent, new/0"];
    let [kept, new] = ["a kept response/Cached/0", "a kept response/Cached, new/0"];
    vec![
        allocations("allocations of `Idempotent` for a repeated call", repeated, 3.0),
        allocations("allocations of `Idempotent` for a new call", first, 7.0),
        allocations("allocations of `Cached` for a response that it has", kept, 2.0),
        allocations("allocations of `Cached` for a new response", new, 6.0),
        instructions("instructions of `Idempotent` for a repeated call", repeated, 9400.0),
        instructions("instructions of `Idempotent` for a new call", first, 18000.0),
        instructions("instructions of `Cached` for a response that it has", kept, 1500.0),
        instructions("instructions of `Cached` for a new response", new, 4800.0),
    ]
}

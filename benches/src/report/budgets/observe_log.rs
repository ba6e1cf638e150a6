//! The budgets of logs, request ids and audits.

use super::{Budget, Costs};

/// Returns the budgets of an interceptor on a unary call, above the same call without it.
pub(super) fn observe_log(costs: &Costs<'_>) -> Vec<Budget> {
    const NOTHING: &str = "observe/nothing logged/0";
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
    vec![
        allocations(
            "allocations of AccessLog without a subscriber",
            "observe/AccessLog, no subscriber/1",
            0.0,
        ),
        instructions(
            "instructions of AccessLog without a subscriber",
            "observe/AccessLog, no subscriber/1",
            270.0,
        ),
        allocations("allocations of SetRequestId", "observe/SetRequestId/1", 5.0),
        instructions("instructions of SetRequestId", "observe/SetRequestId/1", 3950.0),
    ]
}

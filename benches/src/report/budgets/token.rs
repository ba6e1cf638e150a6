//! The budgets of tokens and policies.

use super::{Budget, Costs};

/// Returns the budgets of a token that is remembered, above one that is compared with a text.
pub(super) fn token(costs: &Costs<'_>) -> Vec<Budget> {
    const COMPARED: &str = "token/a token that is compared/1";
    const REMEMBERED: &str = "token/Jwt, remembered/1";
    const WITH_POLICY: &str = "token/Jwt, remembered, and a policy/2";
    let allocations = |what, case, from| Budget {
        what,
        cost: Some(costs.allocations(case) - costs.allocations(from)),
        target: 0.0,
        limit: 0.0,
        reason: "",
    };
    let instructions = |what, case, from, limit| Budget {
        what,
        cost: costs.instructions(case).zip(costs.instructions(from)).map(|(cost, from)| cost - from),
        target: limit,
        limit,
        reason: "",
    };
    vec![
        allocations("allocations of Jwt with a token that is remembered", REMEMBERED, COMPARED),
        allocations("allocations of a policy", WITH_POLICY, REMEMBERED),
        instructions("instructions of Jwt with a token that is remembered", REMEMBERED, COMPARED, 550.0),
        instructions("instructions of a policy", WITH_POLICY, REMEMBERED, 140.0),
    ]
}

//! The budgets of limits.

use super::{Budget, Costs};

/// Returns the budgets of a limit with a known key, above the same call without the limit.
pub(super) fn rate_limit(costs: &Costs<'_>) -> Vec<Budget> {
    const KEYED: &str = "limit/RateLimit, keyed/2";
    const NOTHING: &str = "limit/nothing/1";
    const ADAPTIVE: &str = "limit/AdaptiveInFlight/1";
    const EMPTY: &str = "method/before/0";
    vec![
        Budget {
            what: "allocations of AdaptiveInFlight",
            cost: Some(costs.allocations(ADAPTIVE) - costs.allocations(EMPTY)),
            target: 0.0,
            limit: 0.0,
            reason: "",
        },
        Budget {
            what: "instructions of AdaptiveInFlight",
            cost: costs
                .instructions(ADAPTIVE)
                .zip(costs.instructions(EMPTY))
                .map(|(cost, empty)| cost - empty),
            target: 700.0,
            limit: 700.0,
            reason: "",
        },
        Budget {
            what: "allocations of RateLimit with a known key",
            cost: Some(costs.allocations(KEYED) - costs.allocations(NOTHING)),
            target: 0.0,
            limit: 0.0,
            reason: "",
        },
        Budget {
            what: "instructions of RateLimit with a known key",
            cost: costs
                .instructions(KEYED)
                .zip(costs.instructions(NOTHING))
                .map(|(cost, nothing)| cost - nothing),
            target: 850.0,
            limit: 850.0,
            reason: "",
        },
    ]
}

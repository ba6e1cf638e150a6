//! The cost of a case. Instructions and allocations are exact, times are not.

pub(crate) mod allocations;
pub(crate) mod instructions;
pub(crate) mod time;

use std::path::Path;

use crate::case::Case;
use crate::list::all;

/// The cost of one case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) case: Case,
    /// The time, if it was measured.
    pub(crate) time: Option<time::Time>,
    /// The number of instructions, if they were counted. That needs valgrind.
    pub(crate) instructions: Option<f64>,
    pub(crate) allocations: u64,
}

/// Adds the times to the costs.
pub(crate) fn timed(mut costs: Vec<Cost>, effort: time::Effort) -> Vec<Cost> {
    let cases: Vec<_> = costs.iter().map(|cost| cost.case).collect();
    for (cost, time) in costs.iter_mut().zip(time::times(&cases, effort)) {
        cost.time = Some(time);
    }
    costs
}

/// Returns the exact costs of all cases. `allocations` is the path of that program. Counting instructions takes long, so
/// that `is_counted` selects the cases.
pub(crate) fn exactly(allocations: &Path, is_counted: impl Fn(&Case) -> bool) -> Vec<Cost> {
    let allocations = allocations::allocations(allocations);
    let cost = |(case, allocations): (Case, u64)| Cost {
        case,
        time: None,
        instructions: if is_counted(&case) { instructions::instructions(&case) } else { None },
        allocations,
    };
    all().into_iter().zip(allocations).map(cost).collect()
}

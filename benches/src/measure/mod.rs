//! What a case costs. Instructions and allocations are exact, seconds are not.

pub(crate) mod allocations;
pub(crate) mod instructions;
pub(crate) mod time;

use std::path::Path;

use crate::case::{Case, all};

/// What one case costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) case: Case,
    /// Nanoseconds, if they were measured.
    pub(crate) time: Option<time::Time>,
    /// None without valgrind.
    pub(crate) instructions: Option<f64>,
    pub(crate) allocations: u64,
}

/// The same costs, and time.
pub(crate) fn timed(mut costs: Vec<Cost>, effort: time::Effort) -> Vec<Cost> {
    let cases: Vec<_> = costs.iter().map(|cost| cost.case).collect();
    for (cost, time) in costs.iter_mut().zip(time::times(&cases, effort)) {
        cost.time = Some(time);
    }
    costs
}

/// What each case costs but time; `allocations` is the program of that name. Instructions are counted of some.
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

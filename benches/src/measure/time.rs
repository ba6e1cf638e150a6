use std::fs;
use std::time::Duration;

use criterion::Criterion;

use crate::case::Case;

/// The time that is spent on measuring a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// The time before the measurement.
    pub(crate) warm_up: Duration,
    /// The time of the measurement.
    pub(crate) measurement: Duration,
}

/// A time in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    /// The median.
    pub(crate) median: f64,
    /// Half the width of its confidence interval of 95 %.
    pub(crate) error: f64,
}

/// Measures the time of each routine with criterion.
///
/// # Panics
///
/// The files of criterion can't be read.
pub(crate) fn times(cases: &[Case], effort: Effort) -> Vec<Time> {
    let folder = std::env::temp_dir().join("vestibule-benches");
    let mut criterion = Criterion::default()
        .output_directory(&folder)
        .without_plots()
        .warm_up_time(effort.warm_up)
        .measurement_time(effort.measurement);
    let mut measure = |case: &Case| {
        let name = case.name().replace('/', " ");
        let mut routine = (case.start)();
        criterion.bench_function(&name, |bencher| bencher.iter(&mut routine));
        let estimates = folder.join(&name).join("new").join("estimates.json");
        let estimates = fs::read_to_string(estimates).expect("criterion has written the estimates");
        let estimates: serde_json::Value = serde_json::from_str(&estimates).expect("the estimates are JSON");
        let median = &estimates["median"];
        let number = |value: &serde_json::Value| value.as_f64().expect("an estimate is a number");
        let interval = &median["confidence_interval"];
        let error = (number(&interval["upper_bound"]) - number(&interval["lower_bound"])) / 2.0;
        Time { median: number(&median["point_estimate"]), error }
    };
    cases.iter().map(&mut measure).collect()
}

//! The costs of the servers.

pub(crate) mod callgrind;
pub(crate) mod cpu;
pub(crate) mod memory;

use crate::servers::{SERVERS, Server};

/// The number of measurements, and of their calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// The number of times that the instructions of each server are counted.
    pub(crate) repetitions: usize,
    /// The number of calls of the larger of the two counts.
    pub(crate) counted_calls: usize,
    /// The number of times that the CPU time of each server is measured.
    pub(crate) rounds: usize,
    /// The number of calls of each server in each round, for each number of streams.
    pub(crate) timed_calls: usize,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) server: Server,
    pub(crate) instructions: callgrind::Instructions,
    pub(crate) time: cpu::Time,
}

/// Measures all servers.
pub(crate) fn rows(effort: Effort) -> Vec<Row> {
    let instructions = SERVERS.map(|server| callgrind::instructions(server.name, effort));
    let times = cpu::times(effort);
    let costs = instructions.into_iter().zip(times);
    let row = |(server, (instructions, time))| Row { server, instructions, time };
    SERVERS.into_iter().zip(costs).map(row).collect()
}

/// Returns the median. Of an even number of values, it is the larger one of the two in the middle.
fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

//! The CPU time of a call, the rate of calls, and their latency.
//!
//! A round measures each server once. A server is compared with tonic alone of the same round, so that what the machine does
//! beside it changes both.

use std::array;

use super::{Effort, median};
use crate::process::{self, Process};
use crate::servers::{SERVERS, TONIC_ALONE};

/// The number of calls at a time, for the CPU time.
const STREAMS: usize = 16;

/// The number of calls at a time, for the rate.
const MANY_STREAMS: usize = 128;

/// The medians of all rounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    /// The CPU time of a call, divided by that of tonic alone in the same round.
    pub(crate) ratio: f64,
    pub(crate) calls_per_second: f64,
    /// The latency in microseconds that one call of a hundred exceeds.
    pub(crate) percentile_99: f64,
}

/// The measurements of a server in one round.
#[derive(Clone, Copy, Debug)]
struct Sample {
    cpu: f64,
    calls_per_second: f64,
    percentile_99: f64,
}

/// Measures all servers, in the order of [`SERVERS`].
pub(crate) fn times(effort: Effort) -> Vec<Time> {
    let processes = SERVERS.map(|server| Process::start(process::serve(server.name)));
    for process in &processes {
        process::load(process.addr, STREAMS, effort.timed_calls / 4);
    }
    let rounds: Vec<_> =
        (0..effort.rounds).map(|round| self::round(&processes, round, effort.timed_calls)).collect();
    let tonic_alone = SERVERS.iter().position(|server| server.name == TONIC_ALONE);
    let tonic_alone = tonic_alone.expect("tonic alone is one of the servers");
    let time = |server: usize| {
        let samples = rounds.iter().map(|round| round[server]);
        Time {
            ratio: median(rounds.iter().map(|round| round[server].cpu / round[tonic_alone].cpu)),
            calls_per_second: median(samples.clone().map(|sample| sample.calls_per_second)),
            percentile_99: median(samples.map(|sample| sample.percentile_99)),
        }
    };
    (0..SERVERS.len()).map(time).collect()
}

/// Measures each server once. Each round begins with another server, so that none is always behind the same one.
fn round(processes: &[Process; SERVERS.len()], round: usize, calls: usize) -> [Sample; SERVERS.len()] {
    let mut samples = [None; SERVERS.len()];
    for nth in 0..SERVERS.len() {
        let server = (nth + round) % SERVERS.len();
        samples[server] = Some(sample(&processes[server], calls));
    }
    array::from_fn(|server| samples[server].expect("each server was measured"))
}

fn sample(process: &Process, calls: usize) -> Sample {
    let before = process.cpu();
    process::load(process.addr, STREAMS, calls);
    let cpu = process.cpu() - before;
    let rate = process::load(process.addr, MANY_STREAMS, calls);
    Sample { cpu, calls_per_second: rate.calls_per_second, percentile_99: rate.percentile_99 }
}

//! The instructions of a call. Valgrind counts those of the server's process, without those of the kernel.

use std::process::Command;

use super::{Effort, median};
use crate::process::{self, Process};

/// The number of calls at a time.
const STREAMS: usize = 16;

/// The number of calls of the smaller of the two counts.
const FEW: usize = 320;

/// The instructions of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instructions {
    /// The median of all repetitions.
    pub(crate) median: f64,
    /// The difference between the largest and the smallest repetition, as a part of the median.
    pub(crate) spread: f64,
}

/// Counts the instructions of a call.
///
/// Each repetition has two servers, which answer few and many calls. The difference leaves out the start of the server and of
/// its connection.
pub(crate) fn instructions(name: &str, effort: Effort) -> Instructions {
    let many = effort.counted_calls;
    #[expect(clippy::cast_precision_loss, reason = "the numbers are below some billions")]
    let count = |_| (total(name, many) - total(name, FEW)) as f64 / (many - FEW) as f64;
    let counts: Vec<f64> = (0..effort.repetitions).map(count).collect();
    let median = median(counts.iter().copied());
    let (least, most) =
        counts.iter().fold((median, median), |(least, most), &count| (count.min(least), count.max(most)));
    Instructions { median, spread: (most - least) / median }
}

/// Counts the instructions of a server that answers some calls and ends.
fn total(name: &str, calls: usize) -> u64 {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    let server = process::serve(name);
    let process = Process::start({
        command.arg(server.get_program()).args(server.get_args());
        command
    });
    process::load(process.addr, STREAMS, calls);
    let text = process.terminate();
    let count = text.split_once("Collected : ").and_then(|(_, rest)| rest.split_whitespace().next());
    let count = count.and_then(|count| count.parse().ok());
    count.unwrap_or_else(|| panic!("valgrind prints no count:\n{text}"))
}

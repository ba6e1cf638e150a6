//! Processes that share a limit. Each is this test program again, with one test that does what it is told.

use std::io::{BufRead, BufReader, Write, stdin};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use vestibule_interceptors::{OnFailure, RedisLimits};

use super::{Counts, attempt, shared};

/// The variable with the URL of Redis. Without it, the process is not one of those.
const URL: &str = "SHARED_LIMITS_REDIS";

/// The number of keys of a round.
pub(crate) const KEYS: u32 = 10;

/// The calls that a process makes of each key in a round.
pub(crate) const CALLS: u32 = 8;

/// The calls that all processes together may make of each key.
pub(crate) const QUOTA: u32 = 5;

pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    pub(crate) fn start(url: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([
            "--exact",
            "processes::a_process_of_the_other_tests",
            "--nocapture",
            "--test-threads=1",
        ]);
        command.env(URL, url).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output }
    }

    /// Lets the process make its calls of a round, with this time for each answer of Redis.
    pub(crate) fn begin(&mut self, round: u32, timeout: Duration) {
        writeln!(self.input, "{round} {}", timeout.as_millis()).unwrap();
    }

    /// Waits for the end of the round.
    pub(crate) fn end(&mut self) -> Counts {
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the process has ended");
            if let Some((_, counts)) = line.split_once("counts ") {
                let counts: Vec<u32> =
                    counts.split_whitespace().map(|count| count.parse().unwrap()).collect();
                return Counts { accepted: counts[0], refused: counts[1], unavailable: counts[2] };
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Does nothing, unless another test has started this process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_of_the_other_tests() {
    let Ok(url) = std::env::var(URL) else { return };
    let store = RedisLimits::open(&url).unwrap();
    for line in stdin().lines() {
        let line = line.unwrap();
        let (round, timeout) = line.split_once(' ').unwrap();
        let timeout = Duration::from_millis(timeout.parse().unwrap());
        let limit = &shared(QUOTA, &store, OnFailure::Refuse).store_timeout(timeout);
        let mut counts = Counts::default();
        for call in 0..CALLS * KEYS {
            counts.add(attempt(limit, format!("{round}/{}", call % KEYS)).await);
        }
        println!("counts {} {} {}", counts.accepted, counts.refused, counts.unavailable);
    }
}

//! The head of the results: the machine, the versions, and what was done.

use std::process::Command;
use std::{fs, thread};

use crate::measure::Effort;

/// The crates whose versions the results name.
const CRATES: [&str; 8] = ["tonic", "connectrpc", "buffa", "prost", "hyper", "h2", "tower", "tokio"];

pub(super) fn text(effort: Effort) -> String {
    let Effort { repetitions, rounds, .. } = effort;
    let processors = thread::available_parallelism().map_or(0, usize::from);
    let (date, rustc) = (output("date", &["-u", "+%Y-%m-%d"]), output("rustc", &["--version"]));
    let (processor, valgrind) = (processor(), output("valgrind", &["--version"]));
    let versions = CRATES.map(|name| format!("{name} {}", version(name))).join(", ");
    let vestibule = version("vestibule");
    format!(
        "# Peers\n\n\
         `cargo bench --manifest-path benches/peers/Cargo.toml` has written this. What each row is, and how it is measured, is in \
         [README.md](README.md#the-peers).\n\n\
         - {date}, {processor}, {processors} processors\n\
         - {rustc}, release profile, {valgrind}\n\
         - vestibule {vestibule}, {versions}\n\
         - counts of instructions: {repetitions}, rounds: {rounds}\n\n\
         ![A bar for each server: its instructions for a call, compared with tonic alone](peers.svg)\n\n"
    )
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or("unknown processor", |(_, model)| model).to_owned()
}

fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    output.map_or_else(
        |_| format!("unknown {program}"),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// Returns the version of a crate, from the lock file that this program was built with.
fn version(name: &str) -> &'static str {
    const LOCK: &str = include_str!("../../Cargo.lock");
    let (_, rest) = LOCK.split_once(&format!("name = \"{name}\"\nversion = \"")).unwrap_or(("", "?\""));
    rest.split('"').next().unwrap_or("?")
}

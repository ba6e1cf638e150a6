use std::env::current_exe;
use std::process::{Command, Stdio};

use crate::case::Case;
use crate::list::named;

/// With this argument, this program only repeats the routine of one case.
pub(crate) const REPEAT: &str = "--repeat";

/// Repeats a routine if the arguments of this program ask for it, as in `--repeat chain/vestibule/5 1000`. Returns false if
/// they do not.
///
/// # Panics
///
/// There is no such case, or the last argument is no number.
pub(crate) fn repeats(args: &[String]) -> bool {
    let [first, name, times] = args else { return false };
    if first != REPEAT {
        return false;
    }
    let mut routine = (named(name).start)();
    for _ in 0..times.parse::<u64>().expect("the last argument is a number") {
        routine();
    }
    true
}

/// Returns the number of instructions of one repetition, as valgrind's callgrind counts them, or `None` without valgrind.
///
/// The program runs twice, with few and with many repetitions. The difference leaves out the start of the program and the
/// first repetition, which sets up caches.
pub(crate) fn instructions(case: &Case) -> Option<f64> {
    const FEW: u64 = 100;
    let many = if case.messages > 1 { FEW + 20 } else { FEW + 1000 };
    let (few, more) = (run(case, FEW)?, run(case, many)?);
    #[expect(clippy::cast_precision_loss, reason = "the number is below some billions")]
    let each = (more - few) as f64 / (many - FEW) as f64;
    Some(each)
}

fn run(case: &Case, times: u64) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(current_exe().ok()?)
        .args([REPEAT, &case.name(), &times.to_string()])
        .stdout(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    let (_, collected) = text.split_once("Collected : ")?;
    collected.split_whitespace().next()?.parse().ok()
}

use std::env::current_exe;
use std::process::{Command, Stdio};

use crate::case::{Case, named};

/// By this argument a program does one case so many times, and nothing else.
pub(crate) const REPEAT: &str = "--repeat";

/// Does a case, if the arguments of this program say so: `--repeat chain/vestibule/5 1000`.
///
/// # Panics
///
/// The arguments are others.
pub(crate) fn repeats(args: &[String]) -> bool {
    let [first, name, times] = args else { return false };
    if first != REPEAT {
        return false;
    }
    let mut once = (named(name).start)();
    for _ in 0..times.parse::<u64>().expect("how often") {
        once();
    }
    true
}

/// The instructions of doing it once, as valgrind's callgrind counts them; `None` if there is no valgrind.
///
/// The program is run with two numbers of repetitions: what is left of the difference is what it takes to do
/// it, and neither to start a program nor for the first time.
pub(crate) fn instructions(case: &Case) -> Option<f64> {
    const FEW: u64 = 100;
    let many = if case.messages > 1 { FEW + 20 } else { FEW + 1000 };
    let (few, more) = (run(case, FEW)?, run(case, many)?);
    #[expect(clippy::cast_precision_loss, reason = "it is no more than some billions")]
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

use std::path::Path;
use std::process::Command;

/// The allocations of doing each of [all](crate::case::all) cases once, by the program `allocations`.
///
/// # Panics
///
/// It can't be run, or prints something else.
pub(crate) fn allocations(program: &Path) -> Vec<u64> {
    let output = Command::new(program).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("it is text");
    text.lines().map(|line| line.parse().expect("a number")).collect()
}

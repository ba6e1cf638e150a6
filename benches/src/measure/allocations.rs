use std::path::Path;
use std::process::Command;

/// Returns the number of allocations for each of [all](crate::list::all) cases. The program `allocations` counts them.
///
/// # Panics
///
/// The program fails.
pub(crate) fn allocations(program: &Path) -> Vec<u64> {
    let output = Command::new(program).output().expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("the output is text");
    text.lines().map(|line| line.parse().expect("a line is a number")).collect()
}

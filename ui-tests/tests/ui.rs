//! One file for each mistake, named after it.

use std::process::Command;

/// The compiler whose words are recorded in the `.stderr` files: others put some differently.
const RECORDED_WITH: &str = "rustc 1.95";

#[test]
fn mistakes_are_explained() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs").stdout;
    let version = String::from_utf8(version).expect("a version is text");
    let cases = trybuild::TestCases::new();
    cases.pass("tests/*/pass/*.rs");
    if version.starts_with(RECORDED_WITH) {
        cases.compile_fail("tests/*/fail/*.rs");
    } else {
        eprintln!("the messages are recorded with {RECORDED_WITH}: not compared with those of {version}");
    }
}

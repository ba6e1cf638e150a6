//! Compiles one file for each mistake, and compares the errors with the recorded ones. The file's name is the mistake.

use std::process::Command;

/// The compiler that wrote the `.stderr` files. Other compilers word some errors differently.
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

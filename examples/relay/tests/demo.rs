//! The program: what it prints, and how it ends.

use std::process::Command;

#[test]
fn the_demo_goes_as_expected() {
    let output = Command::new(env!("CARGO_BIN_EXE_relay")).output().expect("it runs");
    let (stdout, log) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{stdout}\n{log}");
    assert!(stdout.ends_with("All answers were as expected.\n"), "{stdout}");
    // The same interceptor stands in two places. Calls that the server rejects never reach the client.
    let count = |place: &str| log.matches(&format!("place=\"{place}\"")).count();
    assert_eq!((count("server"), count("client")), (7, 5), "{log}");
    // The mount ends the call shortly before its deadline, and drops the call to the greeter with it.
    assert_eq!(log.matches("code=DEADLINE_EXCEEDED").count(), 1, "{log}");
    assert_eq!(log.matches("code=CANCELLED").count(), 1, "{log}");
}

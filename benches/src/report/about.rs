//! The head of the results: the machine and the versions that were measured.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

const PEERS: [&str; 6] =
    ["tonic", "tonic-async-interceptor", "tonic-middleware", "tower-http", "tokio", "criterion"];

pub(super) fn text() -> String {
    let mut text = "# Results\n\n`cargo bench -p vestibule-benches` has written this. What each row is, and what to make of it, \
                    is in [README.md](README.md).\n\n"
        .to_owned();
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let _ = writeln!(text, "- {}, {}, {processors} processors", today(), processor());
    let _ = writeln!(text, "- {}, release profile", output("rustc", &["--version"]));
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let lock = fs::read_to_string(lock).unwrap_or_default();
    let versions = PEERS.map(|name| format!("{name} {}", version(&lock, name)));
    let _ = writeln!(text, "- vestibule {}, {}\n", env!("CARGO_PKG_VERSION"), versions.join(", "));
    text
}

fn today() -> String {
    output("date", &["-u", "+%Y-%m-%d"])
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or("unknown processor", |(_, model)| model).to_owned()
}

fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    output.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

fn version<'a>(lock: &'a str, name: &str) -> &'a str {
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).unwrap_or(("", "?\""));
    rest.split('"').next().unwrap_or("?")
}

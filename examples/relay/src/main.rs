//! Run with: cargo run -p relay

mod chain;
mod demo;
mod greeter;
mod relay;
#[cfg(test)]
mod report;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use tracing_subscriber::filter::LevelFilter;

#[tokio::main]
async fn main() -> ExitCode {
    // With `-v`, the log also has each attempt of `Retry`.
    let is_verbose = std::env::args().any(|arg| arg == "-v");
    let level = if is_verbose { LevelFilter::DEBUG } else { LevelFilter::INFO };
    let log = tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr);
    log.with_ansi(io::stderr().is_terminal()).without_time().init();
    match demo::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

//! Run with: cargo run -p observed

mod calculator;
mod cli;
mod demo;
mod greeter;
mod observers;
#[cfg(test)]
mod report;
mod serve;
mod table;
mod telemetry;
mod tree;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

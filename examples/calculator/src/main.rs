//! Run with: cargo run -p calculator

use std::error::Error;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use calculator::auth::Auth;
use calculator::client::{self, Addition};
use calculator::server::Calculator;
use calculator::work::Work;
use calculator::{demo, serve};
use clap::{Args, Parser, Subcommand, value_parser};
use vestibule_interceptors::{InvalidKey, JwtKey};

/// A gRPC calculator. Without a command it runs a demo: a server, and a client that tries each answer.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until Ctrl-C
    Serve(Serve),
    /// Ask a server for a sum
    #[command(allow_negative_numbers = true)]
    Add(Add),
}

#[derive(Args)]
struct Serve {
    /// The address to listen on. Port 0 takes any free port
    #[arg(long, default_value = "127.0.0.1:50051")]
    addr: String,
    /// Also accept JWTs signed with this secret of 32 bytes or more (HS256)
    #[arg(long = "jwt-secret", value_name = "JWT_SECRET", value_parser = jwt_key)]
    jwt_key: Option<JwtKey>,
    /// The number of calls that may be in flight at a time
    #[arg(long, default_value_t = 100, value_parser = value_parser!(u32).range(1..))]
    max_in_flight: u32,
    /// The milliseconds that an addition takes, to try an overload
    #[arg(long)]
    work_ms: Option<u64>,
}

#[derive(Args)]
struct Add {
    #[command(flatten)]
    addition: Addition,
    /// The address of the server
    #[arg(long, default_value = "127.0.0.1:50051")]
    addr: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Cli::parse().command {
        None => demo::run().await,
        Some(Command::Serve(args)) => args.run().await,
        Some(Command::Add(args)) => args.run().await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn jwt_key(secret: &str) -> Result<JwtKey, InvalidKey> {
    JwtKey::hs256(secret.as_bytes())
}

impl Serve {
    async fn run(self) -> Result<(), Box<dyn Error>> {
        tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
        let work = self.work_ms.map_or(Work::None, |ms| Work::Takes(Duration::from_millis(ms)));
        let auth = Auth::new(self.jwt_key);
        serve::serve_until_ctrl_c(&self.addr, Calculator::new(auth, self.max_in_flight, work)).await
    }
}

impl Add {
    async fn run(self) -> Result<(), Box<dyn Error>> {
        let sum = self.addition.send(client::channel(&self.addr)?).await;
        println!("{}", sum.map_err(|status| client::describe(&status))?);
        Ok(())
    }
}

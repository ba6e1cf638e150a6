//! Run with: cargo run -p greeter

use std::error::Error;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, value_parser};
use greeter::auth::{TOKEN, Token};
use greeter::client::{Credentials, channel};
use greeter::server::MyGreeter;
use greeter::{chat, demo, serve};
use proto::hello::greeter_client::GreeterClient;
use tonic::transport::{Certificate, Identity};

/// A gRPC greeter. Without a command it runs a demo: a server, and a client that calls each rpc.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until Ctrl-C
    Serve(Serve),
    /// Talk to a server. Each line is a message, and the end of the input (Ctrl-D) ends the chat
    Chat(Chat),
    /// Print what guards each rpc
    Report,
}

#[derive(Args)]
struct Serve {
    /// The address to listen on. Port 0 takes any free port
    #[arg(long, default_value = "127.0.0.1:8972")]
    addr: String,
    /// Serve over TLS, with this certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The number of single calls that may be in flight at a time
    #[arg(long, default_value_t = 100, value_parser = value_parser!(u32).range(1..))]
    max_calls: u32,
    /// The number of streams that may be in flight at a time
    #[arg(long, default_value_t = 1000, value_parser = value_parser!(u32).range(1..))]
    max_streams: u32,
    /// Greet a name any number of times, instead of once
    #[arg(long)]
    no_quota: bool,
}

#[derive(Args)]
struct Chat {
    /// The address of the server
    #[arg(long, default_value = "127.0.0.1:8972")]
    addr: String,
    /// Talk over TLS, and trust this certificate: the server's, or its CA's (PEM)
    #[arg(long, value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// Sent as "authorization: Bearer <TOKEN>"
    #[arg(long)]
    token: Option<Credentials>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Cli::parse().command {
        None => demo::run().await,
        Some(Command::Serve(args)) => args.run().await,
        Some(Command::Chat(args)) => args.run().await,
        Some(Command::Report) => print_report(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", with_sources(&*error));
            ExitCode::FAILURE
        }
    }
}

impl Serve {
    async fn run(self) -> Result<(), Box<dyn Error>> {
        tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => Some(Identity::from_pem(read(cert)?, read(key)?)),
            _ => None,
        };
        let mut greeter = MyGreeter::new(Token::new(TOKEN), self.max_calls, self.max_streams);
        if self.no_quota {
            greeter = greeter.without_quota();
        }
        serve::serve_until_ctrl_c(serve::transport(tls)?, &self.addr, greeter).await
    }
}

impl Chat {
    async fn run(self) -> Result<(), Box<dyn Error>> {
        let tls_ca = self.tls_ca.as_deref().map(read).transpose()?.map(Certificate::from_pem);
        let channel = channel(&self.addr, tls_ca)?;
        chat::chat(GreeterClient::with_interceptor(channel, self.token.unwrap_or_default())).await
    }
}

fn print_report() -> Result<(), Box<dyn Error>> {
    write!(io::stdout(), "{}", vestibule::report::<MyGreeter, _>())?;
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| format!("can't read {}: {error}", file.display()))
}

/// Prints an error with its sources, because tonic's errors tell only there what went wrong.
fn with_sources(error: &dyn Error) -> String {
    match error.source() {
        None => error.to_string(),
        Some(source) => format!("{error}: {}", with_sources(source)),
    }
}

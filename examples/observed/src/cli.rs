//! The command line.

use std::error::Error;
use std::io;

use clap::{Parser, Subcommand};
use tokio::net::TcpListener;
use vestibule_interceptors::JsonLines;

use crate::observers::Observers;
use crate::telemetry::Telemetry;
use crate::{demo, serve};

/// Two services that are observed. Without a command, makes some calls and prints what was seen of them.
#[derive(Parser)]
pub(crate) struct Cli {
    /// Send spans and metrics to this collector, by OTLP over gRPC. Collectors listen on port 4317
    #[arg(long, global = true, value_name = "URL")]
    otlp: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until Ctrl-C: gRPC and `/metrics` on one port
    Serve {
        /// The address to listen on. Port 0 takes any free port
        #[arg(long, default_value = "127.0.0.1:8973")]
        addr: String,
    },
}

impl Cli {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        // The log is a part of what the program prints, so it has neither times nor colours.
        tracing_subscriber::fmt().without_time().with_ansi(false).init();
        let telemetry = Telemetry::new(self.otlp.as_deref())?;
        match self.command {
            None => demo::run(&telemetry).await?,
            Some(Command::Serve { addr }) => {
                let listener = TcpListener::bind(&addr).await?;
                println!("listening on {}", listener.local_addr()?);
                let observers = Observers::new(&telemetry, JsonLines::new(io::stdout()));
                serve::serve(observers, listener, async {
                    // If the signal can't be awaited, the server runs until it is killed.
                    if tokio::signal::ctrl_c().await.is_err() {
                        std::future::pending::<()>().await;
                    }
                })
                .await?;
            }
        }
        telemetry.shut_down()
    }
}

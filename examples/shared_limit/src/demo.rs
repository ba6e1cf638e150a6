//! The demo: two server processes, and a client that calls them in turn.

use std::error::Error;
use std::process::Stdio;
use std::time::{SystemTime, UNIX_EPOCH};

use proto::calcul::AdditionRequest;
use proto::calcul::calculatrice_client::CalculatriceClient;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use vestibule::details::{self, RetryInfo};

const CALLS: usize = 30;

/// Prints how many calls of one caller two servers accept.
pub(crate) async fn run(redis: Option<&str>) -> Result<(), Box<dyn Error>> {
    let mut servers = [Server::start(redis).await?, Server::start(redis).await?];
    let caller = format!("demo-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis());
    println!("Two servers accept 10 additions of a caller in an hour. {caller} calls them in turn.\n");
    let mut accepted = [0; 2];
    let mut refused = None;
    for call in 0..CALLS {
        match servers[call % 2].add(&caller).await {
            Ok(()) => accepted[call % 2] += 1,
            Err(status) if status.code() == Code::ResourceExhausted => refused = Some(status),
            Err(status) => return Err(status.into()),
        }
    }
    for (server, accepted) in servers.iter().zip(accepted) {
        println!("  {} has accepted {accepted}", server.addr);
    }
    println!("  together {} of {CALLS}", accepted.iter().sum::<i32>());
    if let Some(status) = refused {
        let wait = details::find::<RetryInfo>(&status).and_then(|retry| retry.retry_delay);
        let wait = wait.map_or(0, |wait| wait.as_secs_f32().ceil() as u64);
        println!("  the last one was refused: {}, try again in {wait} s", status.message());
    }
    if redis.is_none() {
        println!("\nEach server has a limit of its own. To share it, start redis-server, and run");
        println!("  cargo run -p shared_limit -- --redis redis://localhost:6379");
    }
    Ok(())
}

/// A server process, which ends with this value.
struct Server {
    addr: String,
    client: CalculatriceClient<Channel>,
    /// The server ends when its input does.
    _process: Child,
}

impl Server {
    async fn start(redis: Option<&str>) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(url) = redis {
            command.args(["--redis", url]);
        }
        let mut process = command.spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        let line = BufReader::new(output).lines().next_line().await?;
        let addr = line.ok_or("a server has ended before it listened")?;
        let client = CalculatriceClient::connect(format!("http://{addr}")).await?;
        Ok(Self { addr, client, _process: process })
    }

    async fn add(&mut self, caller: &str) -> Result<(), Status> {
        let mut request = Request::new(AdditionRequest { nombre1: 1, nombre2: 2 });
        let caller = caller.parse().map_err(|_| Status::internal("the name is ASCII"))?;
        request.metadata_mut().insert("x-caller", caller);
        self.client.addition(request).await.map(drop)
    }
}

//! Calls over TCP. A server and a load generator are processes with one thread each.

use std::fs::DirEntry;
use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use proto::probe::probe_client::ProbeClient;
use tonic::Request;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint};

use crate::call::ping;
use crate::chain::{layer_of_five, mount_of_five, routed_mount_of_five};
use crate::realistic::{SERVERS, router};

/// This program is a server if it is called with `--serve <name>`, and a load generator with
/// `--load <addr> <concurrency> <milliseconds>`.
const SERVE: &str = "--serve";
const LOAD: &str = "--load";

/// The cost of calls over TCP.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) server: &'static str,
    pub(crate) concurrency: usize,
    pub(crate) calls_per_second: f64,
    /// The median latency in microseconds.
    pub(crate) median: f64,
    /// The latency in microseconds that one call of a hundred exceeds.
    pub(crate) percentile_99: f64,
    /// The CPU time of the server for one call in microseconds, including the kernel's.
    pub(crate) cpu: f64,
}

/// Runs the server or the load generator if the arguments of this program ask for one. Returns false if they do not.
pub(crate) fn runs(args: &[String]) -> bool {
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the runtime starts");
    match args {
        [first, name] if first == SERVE => runtime().block_on(serve(name)),
        [first, addr, concurrency, milliseconds] if first == LOAD => {
            let number = |text: &str| text.parse::<u64>().expect("the argument is a number");
            let time = Duration::from_millis(number(milliseconds));
            runtime().block_on(load(
                addr.parse().expect("the argument is an address"),
                number(concurrency),
                time,
            ));
        }
        _ => return false,
    }
    true
}

async fn serve(name: &str) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    println!("{}", listener.local_addr().expect("the socket is bound"));
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let mut server = tonic::transport::Server::builder();
    let result = match name {
        // The table has no row for these. README.md says how to count their instructions.
        "Mount of five" => server.serve_with_incoming(routed_mount_of_five(), incoming).await,
        "layer of five" => server.add_service(layer_of_five()).serve_with_incoming(incoming).await,
        "Mount of five, no router" => server.serve_with_incoming(mount_of_five(), incoming).await,
        _ => router(name).serve_with_incoming(incoming).await,
    };
    result.expect("the server runs");
}

/// Prints the latency of each call in nanoseconds.
async fn load(addr: SocketAddr, concurrency: u64, time: Duration) {
    let channel = Endpoint::from_shared(format!("http://{addr}")).expect("the address is valid");
    let channel = channel.connect().await.expect("the server accepts");
    let until = Instant::now() + time;
    let callers: Vec<_> =
        (0..concurrency).map(|_| tokio::spawn(call_until(channel.clone(), until))).collect();
    let mut text = String::new();
    for caller in callers {
        for latency in caller.await.expect("no caller panics") {
            text += &latency.as_nanos().to_string();
            text.push('\n');
        }
    }
    print!("{text}");
}

async fn call_until(channel: Channel, until: Instant) -> Vec<Duration> {
    let mut client = ProbeClient::new(channel);
    let mut latencies = Vec::new();
    while Instant::now() < until {
        let mut request = Request::new(ping());
        request.metadata_mut().insert("authorization", "Bearer s3cret".parse().expect("the value is ASCII"));
        let started = Instant::now();
        client.echo(request).await.expect("the call succeeds");
        latencies.push(started.elapsed());
    }
    latencies
}

/// Measures each server in each round, and returns the round with the median of the CPU time.
pub(crate) fn costs(concurrencies: &[usize], rounds: usize, time: Duration) -> Vec<Cost> {
    let mut servers: Vec<_> = SERVERS.iter().map(|name| Server::start(name)).collect();
    let mut costs = Vec::new();
    for &concurrency in concurrencies {
        let mut all = vec![Vec::new(); servers.len()];
        for _ in 0..rounds {
            for (server, costs) in servers.iter_mut().zip(&mut all) {
                costs.push(server.cost(concurrency, time));
            }
        }
        costs.extend(all.iter_mut().map(|rounds| {
            rounds.sort_by(|one, other| one.cpu.total_cmp(&other.cpu));
            rounds[rounds.len() / 2]
        }));
    }
    costs
}

struct Server {
    name: &'static str,
    process: Child,
    addr: String,
}

impl Server {
    fn start(name: &'static str) -> Self {
        let program = env::current_exe().expect("this program has a path");
        let mut process = Command::new(program)
            .args([SERVE, name])
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program runs");
        let mut addr = String::new();
        BufReader::new(process.stdout.take().expect("the output is piped"))
            .read_line(&mut addr)
            .expect("the server prints its address");
        Self { name, process, addr: addr.trim().to_owned() }
    }

    fn cost(&mut self, concurrency: usize, time: Duration) -> Cost {
        let (before, started) = (self.cpu(), Instant::now());
        let output = Command::new(env::current_exe().expect("this program has a path"))
            .args([LOAD, &self.addr, &concurrency.to_string(), &time.as_millis().to_string()])
            .output()
            .expect("this program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (cpu, elapsed) = (self.cpu() - before, started.elapsed().min(time));
        let text = String::from_utf8(output.stdout).expect("the output is text");
        let mut latencies: Vec<f64> =
            text.lines().map(|line| line.parse().expect("the argument is a number")).collect();
        latencies.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "the number is below some millions")]
        let calls = latencies.len() as f64;
        Cost {
            server: self.name,
            concurrency,
            calls_per_second: calls / elapsed.as_secs_f64(),
            median: latencies[latencies.len() / 2] / 1e3,
            percentile_99: latencies[latencies.len() * 99 / 100] / 1e3,
            cpu: cpu * 1e6 / calls,
        }
    }

    /// Returns the seconds of CPU that the server has used. Linux counts the nanoseconds of each thread.
    fn cpu(&self) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.process.id())).expect("the system is Linux");
        let of_thread = |task: io::Result<DirEntry>| {
            let stat = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            stat.split_whitespace().next()?.parse::<f64>().ok()
        };
        tasks.filter_map(of_thread).sum::<f64>() / 1e9
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

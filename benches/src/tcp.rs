//! Whole calls over TCP: a server and a load generator, each in a process and on a thread of its own.

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
use crate::realistic::{WHO, router};

/// By these arguments a program is one of the two: `--serve <who>`, `--load <addr> <concurrency> <milliseconds>`.
const SERVE: &str = "--serve";
const LOAD: &str = "--load";

/// What calls over TCP cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) who: &'static str,
    pub(crate) concurrency: usize,
    pub(crate) calls_per_second: f64,
    /// In microseconds.
    pub(crate) median: f64,
    /// In microseconds: one of a hundred calls takes longer.
    pub(crate) percentile_99: f64,
    /// Of the server, in microseconds for a call, the kernel's included.
    pub(crate) cpu: f64,
}

/// Is a server or a load generator, if the arguments of this program say so.
pub(crate) fn runs(args: &[String]) -> bool {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    match args {
        [first, who] if first == SERVE => runtime().block_on(serve(who)),
        [first, addr, concurrency, milliseconds] if first == LOAD => {
            let number = |text: &str| text.parse::<u64>().expect("a number");
            let time = Duration::from_millis(number(milliseconds));
            runtime().block_on(load(addr.parse().expect("an address"), number(concurrency), time));
        }
        _ => return false,
    }
    true
}

async fn serve(who: &str) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("{}", listener.local_addr().expect("it is bound"));
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    router(who).serve_with_incoming(incoming).await.expect("it serves");
}

/// Prints the latency of each call in nanoseconds.
async fn load(addr: SocketAddr, concurrency: u64, time: Duration) {
    let channel = Endpoint::from_shared(format!("http://{addr}")).expect("a URI");
    let channel = channel.connect().await.expect("the server accepts");
    let until = Instant::now() + time;
    let callers: Vec<_> =
        (0..concurrency).map(|_| tokio::spawn(call_until(channel.clone(), until))).collect();
    let mut text = String::new();
    for caller in callers {
        for latency in caller.await.expect("it does not panic") {
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
        request.metadata_mut().insert("authorization", "Bearer s3cret".parse().expect("it is ASCII"));
        let started = Instant::now();
        client.echo(request).await.expect("it goes well");
        latencies.push(started.elapsed());
    }
    latencies
}

/// What calls cost of each server: the median of some rounds, in which all have their turn.
pub(crate) fn costs(concurrencies: &[usize], rounds: usize, time: Duration) -> Vec<Cost> {
    let mut servers: Vec<_> = WHO.iter().map(|who| Server::start(who)).collect();
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
    who: &'static str,
    process: Child,
    addr: String,
}

impl Server {
    fn start(who: &'static str) -> Self {
        let program = env::current_exe().expect("this program");
        let mut process =
            Command::new(program).args([SERVE, who]).stdout(Stdio::piped()).spawn().expect("it runs");
        let mut addr = String::new();
        BufReader::new(process.stdout.take().expect("it is piped")).read_line(&mut addr).expect("a line");
        Self { who, process, addr: addr.trim().to_owned() }
    }

    fn cost(&mut self, concurrency: usize, time: Duration) -> Cost {
        let (before, started) = (self.cpu(), Instant::now());
        let output = Command::new(env::current_exe().expect("this program"))
            .args([LOAD, &self.addr, &concurrency.to_string(), &time.as_millis().to_string()])
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (cpu, elapsed) = (self.cpu() - before, started.elapsed().min(time));
        let text = String::from_utf8(output.stdout).expect("it is text");
        let mut latencies: Vec<f64> = text.lines().map(|line| line.parse().expect("a number")).collect();
        latencies.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "it is no more than some millions")]
        let calls = latencies.len() as f64;
        Cost {
            who: self.who,
            concurrency,
            calls_per_second: calls / elapsed.as_secs_f64(),
            median: latencies[latencies.len() / 2] / 1e3,
            percentile_99: latencies[latencies.len() * 99 / 100] / 1e3,
            cpu: cpu * 1e6 / calls,
        }
    }

    /// The seconds of CPU that it has used: Linux counts the nanoseconds of each thread.
    fn cpu(&self) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.process.id())).expect("Linux");
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

//! The client that calls all servers: tonic's, with one connection.

use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::{Duration, Instant};

use proto::probe::Ping;
use proto::probe::probe_client::ProbeClient;
use tonic::Request;
use tonic::transport::{Channel, Endpoint};

/// The rate and the latency of a server's responses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) calls_per_second: f64,
    /// The latency in microseconds that one call of a hundred exceeds.
    pub(crate) percentile_99: f64,
}

impl Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.calls_per_second, self.percentile_99)
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once(' ').and_then(|(calls_per_second, percentile_99)| {
            Some(Self {
                calls_per_second: calls_per_second.parse().ok()?,
                percentile_99: percentile_99.parse().ok()?,
            })
        });
        numbers.ok_or_else(|| format!("`{text}` is no rate"))
    }
}

/// Connects to a server.
pub(crate) async fn connect(addr: SocketAddr) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{addr}")).expect("the address is valid");
    endpoint.connect().await.expect("the server accepts")
}

/// Returns a request as all servers get it. The realistic servers read the token.
pub(crate) fn request() -> Request<Ping> {
    let mut request = Request::new(Ping { text: "ping".to_owned() });
    request.metadata_mut().insert("authorization", "Bearer s3cret".parse().expect("the value is ASCII"));
    request
}

/// Makes a number of calls, as many at a time as there are streams.
pub(crate) async fn run(addr: SocketAddr, streams: usize, calls: usize) -> Rate {
    let channel = connect(addr).await;
    let started = Instant::now();
    let callers: Vec<_> =
        (0..streams).map(|_| tokio::spawn(call(channel.clone(), calls / streams))).collect();
    let mut latencies = Vec::with_capacity(calls);
    for caller in callers {
        latencies.extend(caller.await.expect("no caller panics"));
    }
    let elapsed = started.elapsed();
    latencies.sort();
    #[expect(clippy::cast_precision_loss, reason = "the number is below some millions")]
    let calls_per_second = latencies.len() as f64 / elapsed.as_secs_f64();
    let percentile_99 = latencies[latencies.len() * 99 / 100].as_secs_f64() * 1e6;
    Rate { calls_per_second, percentile_99 }
}

async fn call(channel: Channel, calls: usize) -> Vec<Duration> {
    let mut client = ProbeClient::new(channel);
    let mut latencies = Vec::with_capacity(calls);
    for _ in 0..calls {
        let request = request();
        let started = Instant::now();
        client.echo(request).await.expect("the call succeeds");
        latencies.push(started.elapsed());
    }
    latencies
}

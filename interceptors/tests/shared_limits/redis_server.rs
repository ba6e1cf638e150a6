//! A Redis of the test's own.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::Client;
use redis::aio::MultiplexedConnection;
use tempfile::TempDir;

/// A Redis on a free port. It is killed with this value.
pub(crate) struct RedisServer {
    pub(crate) addr: SocketAddr,
    /// Redis keeps nothing in it.
    dir: TempDir,
    process: Child,
}

impl RedisServer {
    /// Starts a Redis, or says that it is not installed.
    pub(crate) async fn start() -> Option<Self> {
        // Redis does not say which port it took, so it gets one that was free a moment ago.
        let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let process = match spawn(addr, &dir) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                eprintln!("NOT tried: redis-server is not installed");
                return None;
            }
            started => started.unwrap(),
        };
        let server = Self { addr, dir, process };
        server.wait_until_it_answers().await;
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.addr)
    }

    /// Returns a connection that no limit uses.
    pub(crate) async fn connection(&self) -> MultiplexedConnection {
        Client::open(self.url()).unwrap().get_multiplexed_async_connection().await.unwrap()
    }

    /// Runs a command, and returns its response.
    pub(crate) async fn run<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        command.query_async(&mut self.connection().await).await.unwrap()
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) async fn restart(&mut self) {
        self.process = spawn(self.addr, &self.dir).unwrap();
        self.wait_until_it_answers().await;
    }

    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.process.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    async fn wait_until_it_answers(&self) {
        let client = Client::open(self.url()).unwrap();
        let answers = async {
            while client.get_multiplexed_async_connection().await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), answers).await.expect("it starts within a minute");
    }
}

fn spawn(addr: SocketAddr, dir: &TempDir) -> std::io::Result<Child> {
    let mut command = Command::new("redis-server");
    command.args([
        "--port",
        &addr.port().to_string(),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
    ]);
    command.arg("--dir").arg(dir.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

//! A call of `Idempotent` whose server is killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use proto::probe::probe_server::ProbeServer;
use vestibule::Code;

use crate::idempotent::{Bank, code, echo};
use crate::idempotent_servers::{keys, strict, wait_for_calls};
use crate::redis_server::RedisServer;
use crate::support::{connect, serve, surely};

/// The variable with the URL of Redis. Without it, the process is not the server of another test.
const URL: &str = "IDEMPOTENT_KILLED_REDIS";

/// A server in a process of its own, which is this test program again.
struct Process {
    child: Child,
    addr: String,
}

impl Process {
    fn start(url: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let test = "idempotent_killed::a_server_of_another_test";
        command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
        let mut child = command.env(URL, url).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let addr = lines.map(Result::unwrap).find_map(|line| Some(line.split_once("serves ")?.1.to_owned()));
        Self { child, addr: addr.expect("it serves") }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Does nothing, unless another test has started this process.
#[tokio::test]
async fn a_server_of_another_test() {
    let Ok(url) = std::env::var(URL) else { return };
    let bank = Bank::new(strict(&url));
    println!("serves {}", serve(ProbeServer::new(bank)).await);
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_call_of_a_server_that_was_killed_runs_again_when_its_lease_is_over() {
    let Some(server) = RedisServer::start().await else { return };
    let mut process = Process::start(&server.url());
    let bank = Bank::new(strict(&server.url()));
    let client = connect(serve(ProbeServer::new(bank.clone())).await).await;
    let killed = connect(process.addr.parse().unwrap()).await;
    assert_eq!(echo(killed.clone(), "6", "a").await.unwrap().0, "a 1");
    let running = tokio::spawn(echo(killed, "7", "wait"));
    wait_for_calls(&server, 2).await;
    process.kill();
    assert!(surely(running).await.unwrap().is_err());
    // What has ended is known.
    assert_eq!(echo(client.clone(), "6", "a").await.unwrap().0, "a 1");
    assert_eq!((code(echo(client.clone(), "7", "wait").await), bank.runs()), (Code::Aborted, 0));
    for key in keys(&server).await {
        let () = server.run(&["PEXPIRE", &key, "1"]).await;
    }
    wait_for_calls(&server, 0).await;
    bank.go_on.add_permits(1);
    assert_eq!((code(echo(client, "7", "wait").await), bank.runs()), (Code::Ok, 1));
}

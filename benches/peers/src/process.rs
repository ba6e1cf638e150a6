//! Servers and load generators as processes of their own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::{env, fs, thread};

use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::load::{self, Rate};
use crate::servers;

/// With this argument and the name of a server, this program is that server.
const SERVE: &str = "--serve";

/// With this argument, an address, a number of streams and a number of calls, this program is a load generator.
const LOAD: &str = "--load";

/// Runs the server or the load generator if the arguments of this program ask for one. Returns false if they do not.
pub(crate) fn runs(args: &[String]) -> bool {
    match args {
        [first, name] if first == SERVE => {
            let server = servers::named(name);
            runtime().block_on(async { server.serve(listener().await).await });
        }
        [first, addr, streams, calls] if first == LOAD => {
            let addr = addr.parse().expect("the argument is an address");
            let [streams, calls] =
                [streams, calls].map(|text| text.parse().expect("the argument is a number"));
            println!("{}", runtime().block_on(load::run(addr, streams, calls)));
        }
        _ => return false,
    }
    true
}

/// Returns a runtime with one thread.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the runtime starts")
}

/// Listens on a free port, and prints its address.
pub(crate) async fn listener() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    println!("{}", listener.local_addr().expect("the socket is bound"));
    listener
}

/// Calls a server from a process of its own, which waits for the response of each call before the next call of the same stream.
pub(crate) fn load(addr: SocketAddr, streams: usize, calls: usize) -> Rate {
    let output = Command::new(program())
        .args([LOAD, &addr.to_string(), &streams.to_string(), &calls.to_string()])
        .output()
        .expect("this program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("the load generator prints a rate")
}

/// Returns the command that starts a server.
pub(crate) fn serve(name: &str) -> Command {
    let mut command = Command::new(program());
    command.args([SERVE, name]);
    command
}

/// Returns the path of this program.
pub(crate) fn program() -> std::path::PathBuf {
    env::current_exe().expect("this program has a path")
}

/// A server that runs. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) addr: SocketAddr,
}

impl Process {
    /// Starts a server, and waits until it listens.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not run: {error}"));
        let mut stdout = BufReader::new(child.stdout.take().expect("the output is piped"));
        let mut addr = String::new();
        stdout.read_line(&mut addr).expect("the output is text");
        let addr = addr.trim().parse().expect("the server prints its address");
        Self { child, stdout, addr }
    }

    /// Returns the seconds of CPU that all threads of the server have used, including those of the kernel. Linux counts the
    /// nanoseconds of each thread.
    pub(crate) fn cpu(&self) -> f64 {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("the system is Linux");
        let nanoseconds = threads.map(|thread| {
            let path = thread.expect("a thread can be read").path().join("schedstat");
            let stat = fs::read_to_string(path).expect("no server ends a thread");
            let time = stat.split_whitespace().next().and_then(|number| number.parse::<f64>().ok());
            time.expect("the first number is the time on a CPU")
        });
        nanoseconds.sum::<f64>() / 1e9
    }

    /// Asks the server for a line, and returns it.
    pub(crate) fn ask(&mut self) -> String {
        let stdin = self.child.stdin.as_mut().expect("the input is piped");
        stdin.write_all(b"\n").and_then(|()| stdin.flush()).expect("the server reads its input");
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("the output is text");
        line.trim().to_owned()
    }

    /// Ends the server, and returns what it has written to its standard error.
    pub(crate) fn terminate(mut self) -> String {
        // Valgrind prints its counts after this signal, and not after the one that `Child::kill` sends.
        let sent = Command::new("kill").arg(self.child.id().to_string()).status().expect("`kill` runs");
        assert!(sent.success(), "the server runs until it is ended");
        let mut text = String::new();
        let stderr = self.child.stderr.as_mut().expect("the error output is piped");
        stderr.read_to_string(&mut text).expect("the error output is text");
        text
    }

    /// Prints what the server has written to its standard error, such as the reason why it ended.
    fn print_errors(&mut self) {
        let _ = self.child.kill();
        let mut text = String::new();
        if let Some(stderr) = self.child.stderr.as_mut() {
            let _ = stderr.read_to_string(&mut text);
        }
        eprintln!("{text}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if thread::panicking() {
            self.print_errors();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

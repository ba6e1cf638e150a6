//! The program, with its stdin and stdout in the hands of the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

/// A running `greeter`. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

/// The end of a program: its exit status, and the output that the test has not read yet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn greeter(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greeter"));
    command.args(args);
    command
}

/// Runs the program to its end, without any input.
pub(crate) fn run(args: &[&str]) -> Ended {
    greeter(args).stdin(Stdio::null()).output().expect("the program runs").into()
}

impl Running {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut child = greeter(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, stdin, stdout }
    }

    /// Starts a server, and returns the address it listens on.
    pub(crate) fn serve(args: &[&str]) -> (Self, String) {
        let mut server = Self::start(&[&["serve", "--addr", "127.0.0.1:0"], args].concat());
        let line = server.line();
        let addr = line.strip_prefix("listening on ").expect("it says where it listens").to_owned();
        (server, addr)
    }

    /// Types a line.
    pub(crate) fn type_line(&mut self, line: &str) {
        self.type_bytes(format!("{line}\n").as_bytes());
    }

    /// Types bytes, which need not be text.
    pub(crate) fn type_bytes(&mut self, bytes: &[u8]) {
        self.stdin.as_mut().expect("it is open").write_all(bytes).expect("the program reads");
    }

    /// Returns the next line that the program prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line of text");
        line.trim_end().to_owned()
    }

    /// Ends the input.
    pub(crate) fn end_input(&mut self) {
        self.stdin = None;
    }

    #[cfg(unix)]
    pub(crate) fn ctrl_c(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().expect("there is `kill`").success());
    }

    /// Waits for the end of the program. Its input stays open unless `end_input` has closed it.
    pub(crate) fn ended(mut self) -> Ended {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).expect("UTF-8");
        self.child.stderr.take().expect("it is piped").read_to_string(&mut stderr).expect("UTF-8");
        let status = self.child.wait().expect("it ends").code();
        Ended { status, stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    pub(crate) fn well(stdout: &str) -> Self {
        Self { status: Some(0), stdout: stdout.to_owned(), stderr: String::new() }
    }

    pub(crate) fn badly(stderr: &str) -> Self {
        Self { status: Some(1), stdout: String::new(), stderr: format!("{stderr}\n") }
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

//! The program: what it prints, and how it ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

/// A running `calculator serve`. Dropping it kills it.
struct Served {
    child: Child,
    addr: String,
}

impl Served {
    fn start(args: &[&str]) -> Self {
        let mut child = calculator()
            .args(["serve", "--addr", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line of text");
        let addr =
            line.trim_end().strip_prefix("listening on ").expect("it says where it listens").to_owned();
        Self { child, addr }
    }

    fn add(&self, args: &[&str]) -> (Option<i32>, String, String) {
        ended(
            &calculator().args(["add", "--addr", &self.addr]).args(args).output().expect("the program runs"),
        )
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn calculator() -> Command {
    Command::new(env!("CARGO_BIN_EXE_calculator"))
}

/// Returns the exit status, and the texts on stdout and stderr.
fn ended(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8").trim_end().to_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn success(stdout: &str) -> (Option<i32>, String, String) {
    (Some(0), stdout.to_owned(), String::new())
}

fn failure(stderr: &str) -> (Option<i32>, String, String) {
    (Some(1), String::new(), stderr.to_owned())
}

#[test]
fn the_demo_goes_as_expected() {
    let (status, stdout, stderr) = ended(&calculator().output().expect("the program runs"));
    assert_eq!((status, &*stderr), (Some(0), ""), "{stdout}");
    assert!(stdout.ends_with("All 11 answers were as expected."), "{stdout}");
}

#[test]
fn serve_prints_the_port_it_was_given() {
    assert_ne!(Served::start(&[]).addr, "127.0.0.1:0");
}

#[test]
fn add_prints_the_sum() {
    let served = Served::start(&[]);
    assert_eq!(served.add(&["10", "5", "--token", "mon-secret-token"]), success("15"));
}

#[test]
fn add_fails_with_the_code_and_the_message() {
    let served = Served::start(&[]);
    assert_eq!(served.add(&["10", "5"]), failure("UNAUTHENTICATED: invalid token"));
    let token = ["--token", "mon-secret-token"];
    assert_eq!(
        served.add(&[&["10", "-5"][..], &token].concat()),
        failure(
            "INVALID_ARGUMENT: Les nombres doivent être positifs\n  nombre2: -5 est négatif\n  Essayez avec des nombres positifs."
        )
    );
    assert_eq!(
        served.add(&[&["-2147483648", "5", "--locale", "en"][..], &token].concat()),
        failure(
            "INVALID_ARGUMENT: Numbers must be positive\n  nombre1: -2147483648 is negative\n  Try positive numbers."
        )
    );
}

#[test]
fn add_fails_if_nobody_serves() {
    let nobody = "127.0.0.1:1";
    let output = calculator().args(["add", "10", "5", "--addr", nobody]).output().expect("the program runs");
    let (status, stdout, stderr) = ended(&output);
    assert_eq!((status, &*stdout), (Some(1), ""));
    assert!(stderr.starts_with("UNAVAILABLE: "), "{stderr}");
}

#[test]
fn serve_fails_if_the_address_is_taken() {
    let served = Served::start(&[]);
    let output = calculator().args(["serve", "--addr", &served.addr]).output().expect("the program runs");
    let (status, stdout, stderr) = ended(&output);
    assert_eq!((status, &*stdout), (Some(1), ""));
    assert!(stderr.starts_with("can't listen on 127.0.0.1:"), "{stderr}");
}

#[test]
fn a_secret_has_32_bytes_and_a_limit_is_not_zero() {
    let short = "a secret of thirty-one bytes, x";
    for args in [["--jwt-secret", ""], ["--jwt-secret", short], ["--max-in-flight", "0"]] {
        let output = calculator().arg("serve").args(args).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_and_the_log_names_client_code_and_no_token() {
    let mut served = Served::start(&["--work-ms", "1"]);
    served.add(&["10", "5", "--token", "mon-secret-token", "--client-id", "ada"]);
    served.add(&["10", "5", "--token", "some-other-token"]);
    let pid = served.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("there is `kill`").success());
    assert_eq!(served.child.wait().expect("it ends").code(), Some(0));

    let mut log = String::new();
    served.child.stderr.take().expect("it is piped").read_to_string(&mut log).expect("UTF-8");
    let has_line = |parts: [&str; 3]| log.lines().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(has_line(["/calcul.Calculatrice/Addition", r#"client_id="ada""#, "code=OK"]), "{log}");
    assert!(has_line(["elapsed=", r#"client_id="inconnu""#, "code=UNAUTHENTICATED"]), "{log}");
    assert!(!log.contains("mon-secret") && !log.contains("some-other"), "{log}");
}

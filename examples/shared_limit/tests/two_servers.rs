//! Two servers have a limit each, and one limit with Redis.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

fn demo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_shared_limit")).args(args).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn without_redis_each_server_has_a_limit_of_its_own() {
    let printed = demo(&[]);
    assert!(printed.contains("together 20 of 30"), "{printed}");
    assert!(printed.contains("rate limit exceeded"), "{printed}");
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn with_redis_they_share_it() {
    // Redis does not say which port it took, so it gets one that was free a moment ago.
    let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new("redis-server");
    command.args(["--port", &addr.port().to_string(), "--bind", "127.0.0.1", "--save", ""]);
    command.arg("--dir").arg(dir.path()).stdout(Stdio::null()).stderr(Stdio::null());
    let _redis = match command.spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("NOT tried: redis-server is not installed");
            return;
        }
        started => Killed(started.unwrap()),
    };
    while TcpStream::connect(addr).is_err() {
        std::thread::yield_now();
    }
    let printed = demo(&["--redis", &format!("redis://{addr}")]);
    assert!(printed.contains("together 10 of 30"), "{printed}");
    assert!(!printed.contains("a limit of its own"), "{printed}");
}

#[test]
fn a_wrong_argument_is_an_error() {
    let output = Command::new(env!("CARGO_BIN_EXE_shared_limit")).arg("--help").output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("usage: shared_limit"));
}

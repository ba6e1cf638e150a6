//! The program, and a client of HTTP/1.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tonic::codegen::Bytes;

pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_observed"))
}

/// A process that is killed when the test ends.
pub(crate) struct Killed(pub(crate) Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It fails only if the process has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts `observed serve` on a free port.
pub(crate) fn serve() -> (Killed, SocketAddr) {
    let mut program = program();
    program.args(["serve", "--addr", "127.0.0.1:0"]).stdout(Stdio::piped());
    let mut server = Killed(program.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let addr = line.trim().strip_prefix("listening on ").unwrap().parse().unwrap();
    (server, addr)
}

/// Waits for a future that must end, however slow the machine is.
pub(crate) async fn surely<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it ends within a minute")
}

/// Reads a page over HTTP/1, and returns its `content-type` and its text.
pub(crate) async fn get(addr: SocketAddr, path: &str) -> Result<(String, String), Box<dyn Error>> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(TcpStream::connect(addr).await?)).await?;
    tokio::spawn(connection);
    let request = hyper::Request::get(path).header("host", addr.to_string()).body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    if response.status() != hyper::StatusCode::OK {
        return Err(response.status().to_string().into());
    }
    let kind = response.headers()["content-type"].to_str()?.to_owned();
    let body = response.into_body().collect().await?.to_bytes();
    Ok((kind, String::from_utf8(body.into())?))
}

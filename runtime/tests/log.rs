//! What the client must not read, the operator must: panics and other bugs go to the log.

mod support;

use std::io;
use std::sync::{Arc, Mutex};

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use support::{answer, ping, pong};
use tracing_subscriber::fmt::MakeWriter;
use vestibule::extract::Extension;
use vestibule::interceptors::Recover;
use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, Rest, Status, interceptor};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[interceptor]
async fn end_without_reply(_rest: impl Rest) -> Result<(), Status> {
    Ok(())
}

/// Panics around the call and then, while that unwinds, when it is told of the end.
struct Unlucky;

impl Interceptor for Unlucky {
    type Provides = ();
    type Hooks = Unlucky;

    async fn start(&self, _call: &Call) -> Result<((), Unlucky), Status> {
        Ok(((), Unlucky))
    }

    async fn around<R: Rest>(&self, _call: &Call, (): &(), rest: R) -> Result<(), Status> {
        rest.await?;
        panic!("unlucky around")
    }
}

impl<M: Method> Hooks<M> for Unlucky {
    fn on_finish(&mut self, _outcome: &Outcome) {
        panic!("unlucky at the end")
    }
}

/// Does what the message says.
struct Obedient;

#[interceptor]
impl Probe for Obedient {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        match request.text.as_str() {
            "panic" => panic!("the secret is {}", 42),
            "panic_any" => std::panic::panic_any(42),
            "ok" => Err(Status::new(Code::Ok, "fine")),
            other => Ok(pong(other)),
        }
    }

    #[interceptor(end_without_reply())]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

struct Others;

#[interceptor]
impl Probe for Others {
    async fn echo(&self, _request: Ping, _missing: Extension<Log>) -> Result<Pong, Status> {
        Ok(pong(""))
    }

    #[interceptor(Unlucky)]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

/// What stands in the log after a call, and what the client reads.
fn logged(call: impl Future<Output = Result<tonic::Response<Pong>, Status>>) -> (String, String) {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).without_time().finish();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let reply = tracing::subscriber::with_default(subscriber, || runtime.block_on(call));
    let (code, message) = answer(reply).unwrap_err();
    assert_eq!(code, Code::Internal);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    (log.trim().to_owned(), message)
}

fn say(text: &str) -> tonic::Request<Ping> {
    let mut request = ping(&[]);
    request.get_mut().text = text.to_owned();
    request
}

#[test]
fn a_panic() {
    let (log, message) = logged(Obedient.echo(say("panic")));
    assert_eq!(message, "internal error");
    let expected = "ERROR vestibule: a call panicked method=\"/probe.Probe/Echo\" panic=\"the secret is 42\"";
    assert_eq!(log, expected);
}

/// Wrapped by `Recover`, the log has the place of the panic as well.
struct Recovering;

#[interceptor(Recover::new())]
impl Probe for Recovering {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        panic!("the secret is {}", 42)
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[test]
fn where_a_panic_happened() {
    let (log, message) = logged(Recovering.echo(ping(&[])));
    assert_eq!(message, "internal error");
    for part in ["a call panicked", "the secret is 42", "location=\"runtime/tests/log.rs:", "backtrace="] {
        assert!(log.contains(part), "{part} is not in {log}");
    }
}

#[test]
fn a_panic_with_a_value_that_is_no_text() {
    let (log, message) = logged(Obedient.echo(say("panic_any")));
    assert_eq!(message, "internal error");
    assert!(log.ends_with("panic=\"a value that is no text\""), "{log}");
}

#[test]
fn a_panic_while_another_one_unwinds() {
    let (log, message) = logged(Others.get_url(ping(&[])));
    assert_eq!(message, "internal error");
    let lines: Vec<_> = log.lines().collect();
    assert!(
        lines[0]
            .ends_with("`on_finish` panicked method=\"/probe.Probe/GetUrl\" panic=\"unlucky at the end\""),
        "{log}"
    );
    assert!(lines[1].ends_with("method=\"/probe.Probe/GetUrl\" panic=\"unlucky around\""), "{log}");
}

#[test]
fn an_error_with_the_code_ok() {
    let (log, message) = logged(Obedient.echo(say("ok")));
    assert_eq!(message, "internal error");
    assert!(log.ends_with("an error with the code OK method=\"/probe.Probe/Echo\""), "{log}");
}

#[test]
fn a_call_that_ends_well_without_a_reply() {
    let (log, message) = logged(Obedient.get_url(ping(&[])));
    assert_eq!(message, "internal error");
    assert!(log.contains("there is no reply"), "{log}");
}

#[test]
fn an_extension_that_is_missing() {
    let (log, message) = logged(Others.echo(ping(&[])));
    assert_eq!(message, "missing request extension");
    assert!(log.contains("extension=\"log::Log\""), "{log}");
}

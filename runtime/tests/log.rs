//! What the client must not read, the operator must: panics and other bugs go to the log.

mod support;

use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use support::log::{Log, log_of};
use support::tracer::{Plan, Traced, Tracer};
use support::{answer, connect_greeter, hello, ping, pong, serve};
use vestibule::extract::Extension;
use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, Rest, Status, Streaming, interceptor};
use vestibule_interceptors::Recover;

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
        panic!("unlucky in line {}", line!())
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

/// What stands in the log after a call that met a bug, and what the client reads.
fn logged(call: impl Future<Output = Result<tonic::Response<Pong>, Status>>) -> (String, String) {
    let (log, reply) = log_of(call);
    let (code, message) = answer(reply).unwrap_err();
    assert_eq!(code, Code::Internal);
    (log, message)
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

    #[interceptor(panics_after(), Recover::new())]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[interceptor]
async fn panics_after(rest: impl Rest) -> Result<(), Status> {
    rest.await?;
    panic!("after the rest")
}

#[test]
fn where_a_panic_happened() {
    let (log, message) = logged(Recovering.echo(ping(&[])));
    assert_eq!(message, "internal error");
    for part in ["a call panicked", "the secret is 42", "location=\"runtime/tests/log.rs:", "backtrace="] {
        assert!(log.contains(part), "{part} is not in {log}");
    }
}

struct RecoveringElsewhere;

#[interceptor]
impl Probe for RecoveringElsewhere {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        panic!("not wrapped")
    }

    #[interceptor(Recover::new())]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

/// A `Recover` that has ended takes nothing from the one around it, and leaves nothing behind.
#[test]
fn the_place_is_noted_for_what_is_wrapped_and_nothing_else() {
    let (log, _) = logged(Recovering.get_url(ping(&[])));
    assert!(log.contains("panic=\"after the rest\" location="), "{log}");
    let (log, _) = logged(async {
        RecoveringElsewhere.get_url(ping(&[])).await.expect("it is well");
        RecoveringElsewhere.echo(ping(&[])).await
    });
    assert!(log.contains("panic=\"not wrapped\"") && !log.contains("location="), "{log}");
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
    assert!(lines[1].contains("method=\"/probe.Probe/GetUrl\" panic=\"unlucky in line "), "{log}");
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
    assert!(log.contains("extension=\"log::support::log::Log\""), "{log}");
}

#[interceptor]
async fn sends_trailers(call: &Call) -> Result<(), Status> {
    call.trailers().insert("x-cost", "3".parse().unwrap());
    Ok(())
}

struct Costly;

#[interceptor(sends_trailers())]
impl Probe for Costly {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Err(Status::not_found(""))
    }
}

/// A status takes them with it, a single reply does not.
#[test]
fn trailers_that_are_lost_are_warned_of() {
    let (log, reply) = log_of(Costly.echo(ping(&[])));
    assert!(reply.is_ok());
    assert!(log.contains("WARN vestibule: trailers are lost"), "{log}");
    let (log, reply) = log_of(Costly.get_url(ping(&[])));
    assert_eq!(reply.unwrap_err().metadata().get("x-cost").unwrap(), "3");
    assert_eq!(log, "");
}

#[derive(Clone)]
struct Uploads(Tracer);

#[interceptor(Traced("A", &self.0))]
#[rpc(default_stubs)]
impl Greeter for Uploads {
    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        while requests.message().await?.is_some() {}
        Ok(HelloResponse::default())
    }
}

#[test]
fn a_panic_of_a_hook_that_sees_an_inbound_message() {
    let service = Uploads(Tracer::new(Plan { panics: "A.r", ..Plan::default() }));
    let (log, status) = log_of(async {
        let mut client = connect_greeter(serve(GreeterServer::new(service)).await).await;
        client.lots_of_greetings(tokio_stream::once(hello("a"))).await.unwrap_err()
    });
    assert_eq!((status.code(), status.message()), (Code::Internal, "internal error"));
    let expected =
        "ERROR vestibule: a call panicked method=\"/pb.Greeter/LotsOfGreetings\" panic=\"secret of A.r\"";
    assert_eq!(log, expected);
}

struct Located;

#[interceptor(Recover::new())]
impl Probe for Located {
    #[interceptor(Unlucky)]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        let caught = std::panic::catch_unwind(|| panic!("of no importance"));
        Ok(pong(if caught.is_err() { "caught" } else { "" }))
    }
}

#[test]
fn the_place_is_that_of_the_panic_that_is_logged() {
    let (log, _) = logged(Located.echo(ping(&[])));
    let line = log.lines().find(|line| line.contains("panic=\"unlucky in line ")).expect("it is logged");
    let (_, number) = line.split_once("panic=\"unlucky in line ").expect("it is there");
    let (number, _) = number.split_once('"').expect("it ends");
    assert!(line.contains(&format!("log.rs:{number}:")), "{line}");
}

#[test]
fn the_place_of_a_panic_that_a_handler_caught_is_forgotten() {
    let (log, _) = logged(async {
        Located.get_url(ping(&[])).await.expect("it was caught");
        Obedient.echo(say("panic")).await
    });
    assert!(!log.contains("location="), "{log}");
}

//! A panic, or another bug, is INTERNAL with a fixed text for the client; the log has the rest.

use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::extract::Extension;
use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, Rest, Status, Streaming, interceptor};

use crate::support::log::{Log, log_of};
use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{Setup, answer, connect_greeter, hello, in_every_setup, ping, pong, probe_in, serve_in};

in_every_setup!(sync
    a_panic_is_in_the_log_with_the_method,
    a_panic_whose_value_is_no_text_is_logged,
    a_panic_with_a_long_text_is_a_short_line,
    a_panic_while_another_one_unwinds_is_logged_too,
    an_error_with_the_code_ok_is_internal_and_logged,
    a_call_that_ends_well_without_a_response_is_internal_and_logged,
    an_extension_that_is_missing_is_named_in_the_log,
    a_panic_of_a_hook_for_a_request_message_is_logged,
);

// `trailers_that_are_lost_are_warned_of` runs in one setup only: a mount and a layer do not lose them.

#[interceptor]
async fn end_without_response(_rest: impl Rest) -> Result<(), Status> {
    Ok(())
}

/// Panics in its `around` and then, while that unwinds, in its `on_finish`.
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

/// Has the bug that the message names.
struct Obedient;

#[interceptor]
impl Probe for Obedient {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        match request.text.as_str() {
            "panic" => panic!("the secret is {}", 42),
            "panic_any" => std::panic::panic_any(42),
            "ok" => Err(Status::new(Code::Ok, "fine")),
            long if long.len() > 1 << 20 => panic!("{long}"),
            other => Ok(pong(other)),
        }
    }

    #[interceptor(end_without_response())]
    #[rpc(name = "GetURL")]
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
    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

/// Returns the log of a call that met a bug, and the message that the client reads.
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

fn a_panic_is_in_the_log_with_the_method(setup: Setup) {
    let (log, message) = logged(async { probe_in!(setup, Obedient).echo(say("panic")).await });
    assert_eq!(message, "internal error");
    let expected = "ERROR vestibule: a call panicked method=\"/probe.Probe/Echo\" panic=\"the secret is 42\"";
    assert_eq!(log, expected);
}

fn a_panic_whose_value_is_no_text_is_logged(setup: Setup) {
    let (log, message) = logged(async { probe_in!(setup, Obedient).echo(say("panic_any")).await });
    assert_eq!(message, "internal error");
    assert!(log.ends_with("panic=\"a value that is no text\""), "{log}");
}

fn a_panic_with_a_long_text_is_a_short_line(setup: Setup) {
    let text = "x".repeat(2 << 20);
    let (log, _) = logged(async { probe_in!(setup, Obedient).echo(say(&text)).await });
    assert!((32_000..34_000).contains(&log.len()), "{}", log.len());
    assert!(log.ends_with("... [cut from 2097152 bytes]\""), "{log:.100}");
}

fn a_panic_while_another_one_unwinds_is_logged_too(setup: Setup) {
    let (log, message) = logged(async { probe_in!(setup, Others).get_url(ping(&[])).await });
    assert_eq!(message, "internal error");
    let lines: Vec<_> = log.lines().collect();
    assert!(
        lines[0]
            .ends_with("`on_finish` panicked method=\"/probe.Probe/GetURL\" panic=\"unlucky at the end\""),
        "{log}"
    );
    assert!(lines[1].contains("method=\"/probe.Probe/GetURL\" panic=\"unlucky in line "), "{log}");
}

fn an_error_with_the_code_ok_is_internal_and_logged(setup: Setup) {
    let (log, message) = logged(async { probe_in!(setup, Obedient).echo(say("ok")).await });
    assert_eq!(message, "internal error");
    let expected = "ERROR vestibule: an error with the code OK method=\"/probe.Probe/Echo\" error=\"fine\"";
    assert_eq!(log, expected);
}

fn a_call_that_ends_well_without_a_response_is_internal_and_logged(setup: Setup) {
    let (log, message) = logged(async { probe_in!(setup, Obedient).get_url(ping(&[])).await });
    assert_eq!(message, "internal error");
    assert!(log.contains("there is no response"), "{log}");
}

fn an_extension_that_is_missing_is_named_in_the_log(setup: Setup) {
    let (log, message) = logged(async { probe_in!(setup, Others).echo(ping(&[])).await });
    assert_eq!(message, "missing request extension");
    assert!(log.contains("extension=\"errors::support::log::Log\""), "{log}");
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

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Err(Status::not_found(""))
    }
}

/// A status carries its trailers to the client; a single response of tonic's server does not.
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

fn a_panic_of_a_hook_for_a_request_message_is_logged(setup: Setup) {
    let service = Uploads(Tracer::new(Plan { panics: "A.r", ..Plan::default() }));
    let (log, status) = log_of(async {
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
        client.lots_of_greetings(tokio_stream::once(hello("a"))).await.unwrap_err()
    });
    assert_eq!((status.code(), status.message()), (Code::Internal, "internal error"));
    let expected =
        "ERROR vestibule: a call panicked method=\"/pb.Greeter/LotsOfGreetings\" panic=\"secret of A.r\"";
    assert_eq!(log, expected);
}

//! `Recover` logs the location of a panic, and other calls go on.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, Rest, Status, Streaming, interceptor};
use vestibule_interceptors::Recover;

use super::slow::reply;
use crate::support::log::log_of;
use crate::support::{
    Setup, all_responses, answer, connect_greeter, hello, in_every_setup, ping, pong, probe_in, serve_in,
};

in_every_setup!(a_panic_is_internal_in_every_shape_and_other_calls_go_on);

in_every_setup!(sync
    the_log_has_the_location_of_a_panic,
    only_panics_that_recover_wraps_have_a_location,
    the_location_is_that_of_the_panic_that_is_logged,
    the_location_of_a_panic_that_a_handler_caught_is_forgotten,
);

#[derive(Clone)]
struct Panicking;

fn panic_at(name: &str) -> HelloResponse {
    assert!(name != "panic", "the secret");
    reply(name)
}

#[interceptor(Recover::new())]
impl Greeter for Panicking {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(panic_at(&request.name))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(["first".to_owned(), request.name]).map(|name| Ok(panic_at(&name))))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut last = reply("");
        while let Some(request) = requests.message().await? {
            last = panic_at(&request.name);
        }
        Ok(last)
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(panic_at(&request?.name))))
    }
}

async fn a_panic_is_internal_in_every_shape_and_other_calls_go_on(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Panicking))).await;
    let (sender, receiver) = mpsc::channel(1);
    let mut other = client.bidi_hello(ReceiverStream::new(receiver)).await.unwrap().into_inner();

    let bug = (Code::Internal, "internal error".to_owned());
    let code_and_message = |status: Status| (status.code(), status.message().to_owned());
    let requests = || tokio_stream::iter(["first", "panic"]).map(hello);
    assert_eq!(code_and_message(client.say_hello(hello("panic")).await.unwrap_err()), bug);
    assert_eq!(code_and_message(client.lots_of_greetings(requests()).await.unwrap_err()), bug);
    let expected = (vec!["first".to_owned()], Err(bug));
    assert_eq!(all_responses(client.lots_of_replies(hello("panic")).await).await, expected);
    assert_eq!(all_responses(client.bidi_hello(requests()).await).await, expected);

    sender.send(hello("still here")).await.unwrap();
    assert_eq!(other.message().await.unwrap(), Some(reply("still here")));
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
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

/// Returns the log of a call that met a bug, and the message that the client reads.
fn logged(call: impl Future<Output = Result<tonic::Response<Pong>, Status>>) -> (String, String) {
    let (log, reply) = log_of(call);
    let (code, message) = answer(reply).unwrap_err();
    assert_eq!(code, Code::Internal);
    (log, message)
}

/// Panics within `Recover`.
struct Recovering;

#[interceptor(outer = Recover::new())]
impl Probe for Recovering {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        panic!("the secret is {}", 42)
    }

    #[interceptor(panics_after(), inner = Recover::new())]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[interceptor(phase = Edge)]
async fn panics_after(rest: impl Rest) -> Result<(), Status> {
    rest.await?;
    panic!("after the rest")
}

fn the_log_has_the_location_of_a_panic(setup: Setup) {
    let (log, message) = logged(async { probe_in!(setup, Recovering).echo(ping(&[])).await });
    assert_eq!(message, "internal error");
    for part in [
        "a call panicked",
        "the secret is 42",
        "location=\"interceptors/tests/over_tcp/recover.rs:",
        "backtrace=",
    ] {
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
    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

/// A `Recover` that has ended takes nothing from the one around it, and leaves no location behind.
fn only_panics_that_recover_wraps_have_a_location(setup: Setup) {
    let (log, _) = logged(async { probe_in!(setup, Recovering).get_url(ping(&[])).await });
    assert!(log.contains("panic=\"after the rest\" location="), "{log}");
    let (log, _) = logged(async {
        probe_in!(setup, RecoveringElsewhere).get_url(ping(&[])).await.expect("it is well");
        probe_in!(setup, RecoveringElsewhere).echo(ping(&[])).await
    });
    assert!(log.contains("panic=\"not wrapped\"") && !log.contains("location="), "{log}");
}

struct Located;

#[interceptor(Recover::new())]
impl Probe for Located {
    #[interceptor(Unlucky)]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        let caught = std::panic::catch_unwind(|| panic!("of no importance"));
        Ok(pong(if caught.is_err() { "caught" } else { "" }))
    }
}

fn the_location_is_that_of_the_panic_that_is_logged(setup: Setup) {
    let (log, _) = logged(async { probe_in!(setup, Located).echo(ping(&[])).await });
    let line = log.lines().find(|line| line.contains("panic=\"unlucky in line ")).expect("it is logged");
    let (_, number) = line.split_once("panic=\"unlucky in line ").expect("it is there");
    let (number, _) = number.split_once('"').expect("it ends");
    assert!(line.contains(&format!("recover.rs:{number}:")), "{line}");
}

fn the_location_of_a_panic_that_a_handler_caught_is_forgotten(setup: Setup) {
    let (log, _) = logged(async {
        probe_in!(setup, Located).get_url(ping(&[])).await.expect("it was caught");
        probe_in!(setup, RecoveringElsewhere).echo(ping(&[])).await
    });
    assert!(!log.contains("location="), "{log}");
}

//! An error that panics when it is printed is a panic of the call: INTERNAL for the client, and a line in the log.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Code, Rest, Status, grpc_error, interceptor};

use super::leaky::{SECRET, say};
use crate::support::log::log_of;
use crate::support::{Setup, answer, in_every_setup, ping, probe_in};

in_every_setup!(sync
    an_error_that_panics_is_internal_and_logged,
    a_call_after_a_panic_is_served,
);

/// An error of which `Display` or `source` panics.
#[derive(Debug)]
enum Panics {
    Printed,
    Asked,
}

impl fmt::Display for Panics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Printed => panic!("printed {SECRET}"),
            Self::Asked => f.write_str("fine"),
        }
    }
}

impl Error for Panics {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Printed => None,
            Self::Asked => panic!("asked {SECRET}"),
        }
    }
}

impl From<Panics> for Status {
    fn from(_: Panics) -> Self {
        Self::not_found("nothing")
    }
}

/// An error that prints another one.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
enum Prints {
    #[error("{0}")]
    #[status(NotFound)]
    Text(Panics),
    #[error("nothing")]
    #[status(NotFound)]
    Source(#[source] Panics),
}

fn attached(source: impl Error + Send + Sync + 'static) -> Status {
    let mut status = Status::not_found("nothing");
    status.set_source(Arc::new(source));
    status
}

struct Typed;

#[interceptor]
impl Probe for Typed {
    async fn echo(&self, request: Ping) -> Result<Pong, Prints> {
        Err(match request.text.as_str() {
            "text" => Prints::Text(Panics::Printed),
            "source" => Prints::Source(Panics::Printed),
            _ => Prints::Source(Panics::Asked),
        })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Panics> {
        Err(if request.text == "asked" { Panics::Asked } else { Panics::Printed })
    }
}

#[interceptor]
async fn passes(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

/// A service whose statuses have the errors as sources. A chain prints them after its last level.
struct Attached;

#[interceptor]
impl Probe for Attached {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Err(match request.text.as_str() {
            "printed" => attached(Panics::Printed),
            "asked" => attached(Panics::Asked),
            _ => return Ok(Pong::default()),
        })
    }

    #[interceptor(outer = passes(), inner = passes())]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        self.echo(say(&request.text)).await?;
        Ok(Pong::default())
    }
}

fn check((log, reply): (String, Result<tonic::Response<Pong>, Status>), method: &str, panic: &str) {
    assert_eq!(answer(reply).unwrap_err(), (Code::Internal, "internal error".to_owned()), "{log}");
    let expected = format!(
        "ERROR vestibule: a call panicked method=\"/probe.Probe/{method}\" panic=\"{panic} {SECRET}\""
    );
    assert_eq!(log, expected);
}

fn an_error_that_panics_is_internal_and_logged(setup: Setup) {
    for (text, panic) in [("text", "printed"), ("source", "printed"), ("asked", "asked")] {
        check(log_of(async { probe_in!(setup, Typed).echo(say(text)).await }), "Echo", panic);
    }
    for panic in ["printed", "asked"] {
        check(log_of(async { probe_in!(setup, Typed).get_url(say(panic)).await }), "GetURL", panic);
        check(log_of(async { probe_in!(setup, Attached).echo(say(panic)).await }), "Echo", panic);
    }
}

fn a_call_after_a_panic_is_served(setup: Setup) {
    let (log, reply) = log_of(async {
        let mut client = probe_in!(setup, Attached);
        client.echo(say("printed")).await.unwrap_err();
        client.get_url(say("asked")).await.unwrap_err();
        client.echo(ping(&[])).await
    });
    assert!(reply.is_ok(), "{log}");
    assert!(log.contains("panic=\"printed ") && log.contains("panic=\"asked "), "{log}");
}

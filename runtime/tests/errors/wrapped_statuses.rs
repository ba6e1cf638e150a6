//! An error that wraps a `Status` is logged once, whoever has made that status.

use std::error::Error;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Status, grpc_error, interceptor};

use super::leaky::{id, say};
use super::storage::StorageError;
use crate::support::log::{log_in, log_of};
use crate::support::{Setup, answer, in_every_setup, ping, pong, probe_in};

in_every_setup!(sync
    an_error_that_wraps_a_status_is_logged_once,
    a_conversion_by_hand_that_wraps_a_status_is_logged_once,
);

// The other tests run in one setup only, because they make a status without a call.

#[grpc_error]
#[derive(Debug, thiserror::Error)]
enum Wraps {
    #[error("the shop is closed")]
    #[status(Unavailable)]
    Closed(#[from] Status),
    #[error("the shop is secret")]
    #[status(Internal)]
    Secret(#[source] Status),
    #[error("the shop is silent")]
    #[status(Aborted, log = false)]
    Silent(#[source] Status),
}

struct Shop;

#[interceptor]
impl Probe for Shop {
    async fn echo(&self, request: Ping) -> Result<Pong, Wraps> {
        let inner = || Status::from(StorageError::named(&request.text));
        Err(match request.text.as_str() {
            "lost" => Wraps::Secret(inner()),
            "exposed" => Wraps::Silent(inner()),
            _ => Wraps::Closed(inner()),
        })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

fn an_error_that_wraps_a_status_is_logged_once(setup: Setup) {
    let (log, reply) = log_of(async { probe_in!(setup, Shop).echo(say("unavailable")).await });
    assert_eq!(answer(reply).unwrap_err().1, "the shop is closed");
    let expected = "WARN vestibule: not sent to the client in full method=\"/probe.Probe/Echo\" code=\"UNAVAILABLE\" \
         error=\"the shop is closed: UNAVAILABLE: storage is down: cable cut: a digger\"";
    assert_eq!(log, expected);
    // The inner error has no part that needs a line, but the outer one has.
    let (log, _) = log_of(async { probe_in!(setup, Shop).echo(say("full")).await });
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.ends_with("error=\"the shop is closed: RESOURCE_EXHAUSTED: storage is down\""), "{log}");
    let (log, reply) = log_of(async { probe_in!(setup, Shop).echo(say("lost")).await });
    id(&answer(reply).unwrap_err().1, "internal error");
    assert_eq!(log.matches("digger").count(), 1, "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
    // The outer error need not be logged, so the inner one is.
    let (log, _) = log_of(async { probe_in!(setup, Shop).echo(say("exposed")).await });
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.ends_with("error=\"storage is down: cable cut: a digger\""), "{log}");
}

/// An error whose author has written the conversion, which drops the status.
#[derive(Debug, thiserror::Error)]
#[error("by hand")]
struct ByHand(#[source] Status);

impl From<ByHand> for Status {
    fn from(error: ByHand) -> Self {
        match error.0.code() {
            vestibule::Code::NotFound => error.0,
            _ => Self::aborted("changed"),
        }
    }
}

struct Hands;

#[interceptor]
impl Probe for Hands {
    async fn echo(&self, request: Ping) -> Result<Pong, ByHand> {
        Err(ByHand(StorageError::named(&request.text).into()))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

fn a_conversion_by_hand_that_wraps_a_status_is_logged_once(setup: Setup) {
    let (log, reply) = log_of(async { probe_in!(setup, Hands).echo(say("unavailable")).await });
    assert_eq!(answer(reply).unwrap_err().1, "changed");
    let expected = "WARN vestibule: not sent to the client in full method=\"/probe.Probe/Echo\" code=\"ABORTED\" \
         error=\"changed: by hand: UNAVAILABLE: storage is down: cable cut: a digger\"";
    assert_eq!(log, expected);
    let (log, reply) = log_of(async { probe_in!(setup, Hands).echo(say("not_found")).await });
    assert_eq!(answer(reply).unwrap_err().1, "nothing there");
    let expected = "INFO vestibule: not sent to the client in full method=\"/probe.Probe/Echo\" code=\"NOT_FOUND\" \
         error=\"nothing there: entity not found\"";
    assert_eq!(log, expected);
}

/// The line of the outer error names the inner status, and does not repeat its sources.
#[test]
fn an_error_that_wraps_a_logged_status_does_not_repeat_it() {
    let (_, inner) = log_of(async {
        let reply = Stored.echo(ping(&[])).await;
        reply.unwrap_err()
    });
    let (log, status) = log_in(|| Status::from(Wraps::Closed(inner)));
    assert_eq!(log, "");
    let (log, ()) = log_in(|| drop(status));
    assert!(log.ends_with("error=\"the shop is closed: UNAVAILABLE: storage is down\""), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

struct Stored;

#[interceptor]
impl Probe for Stored {
    async fn echo(&self, _request: Ping) -> Result<Pong, StorageError> {
        Err(StorageError::named("unavailable"))
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

/// An interceptor finds the inner error as well, with all its sources.
#[test]
fn the_sources_of_a_wrapped_status_are_complete() {
    let (_, ()) = log_in(|| {
        let status = Status::from(Wraps::Closed(StorageError::named("unavailable").into()));
        let sources = std::iter::successors(status.source(), |&error| error.source());
        assert_eq!(sources.last().unwrap().to_string(), "a digger");
        assert!(vestibule::domain_error::<StorageError>(&status).is_some());
    });
}

//! An error that no client receives is logged as well, once: a handler has dropped it, or an interceptor has replaced it.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Call, Code, Rest, Status, grpc_error, interceptor};

use super::leaky::say;
use super::storage::{StorageError, cause, line};
use crate::support::log::log_of;
use crate::support::{Setup, answer, in_every_setup, pong, probe_in};

in_every_setup!(sync
    an_error_that_the_handler_drops_is_logged_once,
    an_error_that_an_interceptor_replaces_is_logged_once,
);

/// A storage with a copy, to which the handler falls back.
struct Copied;

fn read(name: &str) -> Result<Pong, Status> {
    Err(StorageError::named(name).into())
}

#[interceptor]
impl Probe for Copied {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        read(&request.text).or_else(|_| Ok(pong("from the copy")))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        read(&request.text).map_err(|_| Status::unavailable("no copy either"))
    }
}

fn an_error_that_the_handler_drops_is_logged_once(setup: Setup) {
    // The error is dropped inside of the handler, so the line has no method.
    let expected =
        line("WARN partly kept code=\"UNAVAILABLE\" error=\"storage is down: cable cut: a digger\"", "")
            .replace(" method=\"\"", "");
    let (log, reply) = log_of(async { probe_in!(setup, Copied).echo(say("unavailable")).await });
    assert_eq!(answer(reply), Ok("from the copy".to_owned()));
    assert_eq!(log, expected);
    let (log, reply) = log_of(async { probe_in!(setup, Copied).get_url(say("unavailable")).await });
    assert_eq!(answer(reply).unwrap_err(), (Code::Unavailable, "no copy either".to_owned()));
    assert_eq!(log, expected);
    // The author says that the sources need no line.
    let (log, _) = log_of(async { probe_in!(setup, Copied).echo(say("unlogged")).await });
    assert_eq!(log, "");
}

/// Replaces the status of a failed call. The log has the line of the first status only.
#[interceptor]
async fn replaces(_call: &Call, rest: impl Rest) -> Result<(), Status> {
    rest.await.map_err(|_| Status::not_found("not here"))
}

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("a secret")]
#[status(Internal)]
struct Secret;

struct Replaced;

#[interceptor(replaces())]
impl Probe for Replaced {
    async fn echo(&self, _request: Ping) -> Result<Pong, StorageError> {
        Err(StorageError::Unavailable(cause()))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Secret> {
        Err(Secret)
    }
}

fn an_error_that_an_interceptor_replaces_is_logged_once(setup: Setup) {
    let (log, reply) = log_of(async { probe_in!(setup, Replaced).echo(say("")).await });
    assert_eq!(answer(reply).unwrap_err(), (Code::NotFound, "not here".to_owned()));
    let expected = "WARN partly kept code=\"UNAVAILABLE\" error=\"storage is down: cable cut: a digger\"";
    assert_eq!(log, line(expected, "/probe.Probe/Echo"));
    let (log, reply) = log_of(async { probe_in!(setup, Replaced).get_url(say("")).await });
    assert_eq!(answer(reply).unwrap_err(), (Code::NotFound, "not here".to_owned()));
    assert!(
        log.starts_with(
            "ERROR vestibule: kept from the client method=\"/probe.Probe/GetURL\" code=\"INTERNAL\""
        ),
        "{log}"
    );
    assert_eq!(log.lines().count(), 1, "{log}");
}

//! A caller receives a status with its sources, so a client leaves them as they are.

use std::error::Error;
use std::sync::Arc;

use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Call, Interceptor, Rest, Status, client, domain_error, interceptor};

use super::storage::{Cause, StorageError, cause};
use crate::support::log::log_of;
use crate::support::{ping, pong};

// These tests run in one setup only, because their interceptors are those of the client.

struct Fine;

#[interceptor]
impl Probe for Fine {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong("fine"))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong("fine"))
    }
}

#[interceptor]
async fn passes(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

/// Fails with a source that no attribute has attached.
struct Attaches;

impl Interceptor for Attaches {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        let mut status = Status::aborted("no token");
        status.set_source(Arc::new(cause()));
        Err(status)
    }
}

#[test]
fn the_caller_finds_the_source_and_the_log_has_nothing() {
    let (log, reply) = log_of(async {
        let chain = (passes(), passes(), Attaches);
        ProbeClient::new(client(ProbeServer::new(Fine), chain)).echo(ping(&[])).await
    });
    let status = reply.unwrap_err();
    assert_eq!(status.message(), "no token");
    assert!(std::iter::successors(status.source(), |&error| error.source()).any(<dyn Error>::is::<Cause>));
    assert_eq!(log, "");
}

#[interceptor]
async fn fails() -> Result<(), StorageError> {
    Err(StorageError::named("unavailable"))
}

#[test]
fn an_error_with_the_attribute_is_logged_once() {
    let (log, reply) = log_of(async {
        let chain = (passes(), passes(), fails());
        ProbeClient::new(client(ProbeServer::new(Fine), chain)).echo(ping(&[])).await
    });
    let status = reply.unwrap_err();
    assert!(domain_error::<StorageError>(&status).is_some());
    let expected = "WARN vestibule: not sent to the client in full method=\"/probe.Probe/Echo\" code=\"UNAVAILABLE\" error=\"storage is down: cable cut: a digger\"";
    assert_eq!(log, expected);
}

//! The log has all that a redacted error says, under the id that the client reads.

use std::error::Error;
use std::fmt;

use proto::hello_stubs::greeter_server::GreeterServer;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Code, IntoStatus, Rest, Status, grpc_error, interceptor};

use super::leaky::{Cause, Leaky, REDACTED, SECRET, Service, Streams, id, say};
use crate::support::log::{log_in, log_of};
use crate::support::{
    Setup, all_responses, answer, connect_greeter, hello, in_every_setup, ping, pong, probe_in, serve_in,
};

in_every_setup!(sync
    the_log_has_all_of_it_with_the_method_and_the_id,
    what_the_client_reads_is_not_logged,
    an_error_in_a_stream_is_logged_with_its_method,
    a_boxed_error_is_internal_whatever_is_in_it,
    a_status_that_is_replaced_is_logged_before,
);

// The other tests run in one setup only, because they make a status without a call, or an error of their own.

fn the_log_has_all_of_it_with_the_method_and_the_id(setup: Setup) {
    for (code, text) in REDACTED {
        let (log, reply) = log_of(async { probe_in!(setup, Service).echo(say(code)).await });
        let id = id(reply.unwrap_err().message(), text);
        let expected = format!(
            "ERROR vestibule: kept from the client method=\"/probe.Probe/Echo\" code=\"{code}\" id=\"{id}\" error=\"failed with {SECRET}: password is {SECRET}\""
        );
        assert_eq!(log, expected);
    }
}

fn what_the_client_reads_is_not_logged(setup: Setup) {
    for text in ["NOT_FOUND", "exposed"] {
        let (log, reply) = log_of(async { probe_in!(setup, Service).echo(say(text)).await });
        assert!(reply.is_err());
        assert_eq!(log, "");
    }
}

fn an_error_in_a_stream_is_logged_with_its_method(setup: Setup) {
    for (code, _) in REDACTED {
        let (log, end) = log_of(async {
            let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Streams))).await;
            all_responses(client.lots_of_replies(hello(code)).await).await
        });
        assert!(end.1.is_err());
        assert!(
            log.starts_with("ERROR vestibule: kept from the client method=\"/pb.Greeter/LotsOfReplies\""),
            "{log}"
        );
        assert_eq!(log.lines().count(), 1, "{log}");
    }
}

fn a_boxed_error_is_internal_whatever_is_in_it(setup: Setup) {
    let (log, reply) = log_of(async { probe_in!(setup, Service).get_url(say("NOT_FOUND")).await });
    let status = reply.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    let id = id(status.message(), "internal error");
    assert!(log.contains(&format!("id=\"{id}\" error=\"there is nothing")), "{log}");
}

/// An interceptor that replaces the status does not keep the operator from reading the first one.
struct Replaced;

#[interceptor]
async fn replace(rest: impl Rest) -> Result<(), Status> {
    rest.await.map_err(|_| Status::unavailable("try again"))
}

#[interceptor]
async fn fails() -> Result<(), Leaky> {
    Err(Leaky::Internal(Cause))
}

#[interceptor(replace())]
impl Probe for Replaced {
    async fn echo(&self, _request: Ping) -> Result<Pong, Leaky> {
        Err(Leaky::Internal(Cause))
    }

    #[interceptor(fails())]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

fn a_status_that_is_replaced_is_logged_before(setup: Setup) {
    for path in ["Echo", "GetURL"] {
        let (log, reply) = log_of(async {
            let mut client = probe_in!(setup, Replaced);
            if path == "Echo" { client.echo(ping(&[])).await } else { client.get_url(ping(&[])).await }
        });
        assert_eq!(answer(reply).unwrap_err().0, Code::Unavailable);
        assert!(log.contains(&format!("method=\"/probe.Probe/{path}\"")), "{log}");
        assert_eq!(log.lines().count(), 1, "{log}");
    }
}

/// Without a chain the method is not known, but nothing is lost.
#[test]
fn outside_a_chain_an_error_is_logged_when_its_status_is_dropped() {
    let (log, status) = log_in(|| Status::from(Leaky::Internal(Cause)));
    assert_eq!(log, "");
    let copy = status.clone();
    let id = id(status.message(), "internal error");
    let (log, ()) = log_in(|| {
        drop(status);
        drop(copy);
    });
    let expected = format!(
        "ERROR vestibule: kept from the client code=\"INTERNAL\" id=\"{id}\" error=\"failed with {SECRET}: password is {SECRET}\""
    );
    assert_eq!(log, expected);
}

/// An error whose sources panic when they are printed is a panic of the handler.
#[test]
fn a_source_that_panics_when_it_is_printed_is_caught() {
    #[derive(Debug)]
    struct Panics;

    impl fmt::Display for Panics {
        fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("{SECRET}")
        }
    }

    impl Error for Panics {}

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("hidden")]
    #[status(Internal)]
    struct Hidden(#[source] Panics);

    struct Service;

    #[interceptor]
    impl Probe for Service {
        async fn echo(&self, _request: Ping) -> Result<Pong, Hidden> {
            Err(Hidden(Panics))
        }

        async fn get_url(&self, _request: Ping) -> Result<Pong, Hidden> {
            Err(Hidden(Panics))
        }
    }

    let (log, reply) = log_of(Service.echo(ping(&[])));
    assert_eq!(answer(reply).unwrap_err(), (Code::Internal, "internal error".to_owned()));
    assert!(log.contains("a call panicked"), "{log}");
}

/// The whole chain of sources is logged.
#[test]
fn all_sources_are_logged() {
    #[derive(Debug, thiserror::Error)]
    #[error("third")]
    struct Third;

    #[derive(Debug, thiserror::Error)]
    #[error("second")]
    struct Second(#[source] Third);

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("first")]
    #[status(Internal)]
    struct First(#[source] Second);

    let (log, ()) = log_in(|| drop(Status::from(First(Second(Third)))));
    assert!(log.ends_with("error=\"first: second: third\""), "{log}");
}

/// An error that is not `'static` can not be kept, but its texts can.
#[derive(Debug)]
struct Borrowed<'a>(&'a str);

impl fmt::Display for Borrowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[grpc_error]
#[derive(Debug)]
#[status(Internal)]
struct NotStatic<'a>(Borrowed<'a>, Cause);

impl fmt::Display for NotStatic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for NotStatic<'_> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.1)
    }
}

#[grpc_error]
#[status(Internal)]
struct NoError(std::rc::Rc<str>);

impl fmt::Display for NoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[test]
fn errors_that_cannot_be_kept_are_logged_as_text() {
    let text = "borrowed".to_owned();
    let (log, ()) = log_in(|| drop(Status::from(NotStatic(Borrowed(&text), Cause))));
    assert!(log.ends_with(&format!("error=\"borrowed: password is {SECRET}\"")), "{log}");
    let (log, ()) = log_in(|| drop(Status::from(NoError("local".into()))));
    assert!(log.ends_with("error=\"local\""), "{log}");
}

#[test]
fn boxed_errors_and_anyhow_are_logged_with_their_sources() {
    fn check<Via>(error: impl IntoStatus<Via>) {
        let (log, status) = log_in(|| {
            let status = error.into_status();
            assert_eq!(status.code(), Code::Internal);
            id(status.message(), "internal error")
        });
        assert!(log.contains(&format!("id=\"{status}\" error=")), "{log}");
        assert!(log.ends_with(&format!(": password is {SECRET}\"")), "{log}");
    }
    check::<_>(Box::<dyn Error>::from(Leaky::Internal(Cause)));
    check::<_>(Box::new(Leaky::Internal(Cause)) as Box<dyn Error + Send>);
    check::<_>(Box::<dyn Error + Send + Sync>::from(Leaky::Internal(Cause)));
    check::<_>(anyhow::Error::new(Cause).context("outer"));
}

//! Errors that `#[grpc_error]` knows nothing of, and errors with lifetimes or type parameters.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::io;
use std::sync::Arc;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::body::Body;
use vestibule::{Code, Status, domain_error, grpc_error, interceptor};

use super::leaky::{id, say};
use crate::support::log::{log_in, log_of};
use crate::support::{Setup, answer, in_every_setup, ping, pong, probe_in, raw};

in_every_setup!(sync
    the_text_of_an_io_error_is_not_sent,
    a_conversion_by_hand_loses_no_text,
);

// The other tests run in one setup only, because they make a status without a call.

/// A service that returns errors of the standard library.
struct Files;

#[interceptor(fails_with_io())]
impl Probe for Files {
    async fn echo(&self, request: Ping) -> Result<Pong, io::Error> {
        Err(match request.text.as_str() {
            "other" => io::Error::other(Outer(Inner)),
            _ => io::Error::new(io::ErrorKind::NotFound, "/etc/secret is not there"),
        })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> io::Result<Pong> {
        Err(io::Error::from(io::ErrorKind::TimedOut))
    }
}

#[interceptor]
async fn fails_with_io(#[metadata("x-fail")] fail: Option<&str>) -> io::Result<()> {
    if fail.is_some() { Err(io::Error::other("the interceptor's secret")) } else { Ok(()) }
}

#[derive(Debug, thiserror::Error)]
#[error("outer secret")]
struct Outer(#[source] Inner);

#[derive(Debug, thiserror::Error)]
#[error("inner secret")]
struct Inner;

fn the_text_of_an_io_error_is_not_sent(setup: Setup) {
    let echo = "/probe.Probe/Echo";
    let cases = [
        ("other", Code::Unknown, "ERROR", "UNKNOWN", "outer secret: inner secret"),
        ("missing", Code::NotFound, "INFO", "NOT_FOUND", "/etc/secret is not there"),
    ];
    for (name, code, level, code_name, error) in cases {
        let (log, reply) = log_of(async { probe_in!(setup, Files).echo(say(name)).await });
        let answer = answer(reply).unwrap_err();
        assert_eq!(answer.0, code);
        let id = id(&answer.1, "i/o error");
        let expected = format!(
            "{level} vestibule: kept from the client method=\"{echo}\" code=\"{code_name}\" id=\"{id}\" error=\"{error}\""
        );
        assert_eq!(log, expected);
    }
    let (log, reply) = log_of(async { probe_in!(setup, Files).get_url(ping(&[])).await });
    let timed_out = answer(reply).unwrap_err();
    assert_eq!(timed_out.0, Code::DeadlineExceeded);
    let id = id(&timed_out.1, "i/o error");
    assert!(log.contains(&format!("id=\"{id}\" error=\"timed out\"")), "{log}");
    let (log, reply) = log_of(async { probe_in!(setup, Files).echo(ping(&[("x-fail", "yes")])).await });
    assert!(answer(reply).unwrap_err().1.starts_with("i/o error (id "));
    assert!(log.ends_with("error=\"the interceptor's secret\""), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[test]
fn the_io_error_of_a_transparent_variant_is_not_sent_either() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    #[status(transparent)]
    struct Disk(#[from] io::Error);

    let (log, status) = log_in(|| {
        let status = Status::from(Disk(io::Error::other("the secret")));
        assert_eq!(domain_error::<io::Error>(&status).unwrap().to_string(), "the secret");
        status.message().to_owned()
    });
    id(&status, "i/o error");
    assert!(log.ends_with("error=\"the secret\""), "{log}");
}

/// An error whose author has written the conversion.
#[derive(Debug, thiserror::Error)]
enum ByHand {
    #[error("row 17 is locked")]
    Locked(#[source] Inner),
    #[error("gone")]
    Gone,
    #[error("kept")]
    Kept,
}

impl From<ByHand> for Status {
    fn from(error: ByHand) -> Self {
        match error {
            ByHand::Locked(_) => Self::internal("internal"),
            ByHand::Gone => Self::not_found("gone"),
            ByHand::Kept => {
                let mut status = Self::aborted("changed");
                status.set_source(Arc::new(error));
                status
            }
        }
    }
}

struct Rows;

#[interceptor]
impl Probe for Rows {
    async fn echo(&self, request: Ping) -> Result<Pong, ByHand> {
        Err(match request.text.as_str() {
            "locked" => ByHand::Locked(Inner),
            "kept" => ByHand::Kept,
            _ => ByHand::Gone,
        })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, ByHand> {
        Ok(pong(""))
    }
}

fn a_conversion_by_hand_loses_no_text(setup: Setup) {
    let start = "vestibule: not sent to the client in full method=\"/probe.Probe/Echo\"";
    let cases = [
        (
            "locked",
            "internal",
            format!("ERROR {start} code=\"INTERNAL\" error=\"internal: row 17 is locked: inner secret\""),
        ),
        ("kept", "changed", format!("WARN {start} code=\"ABORTED\" error=\"changed: kept\"")),
        ("gone", "gone", String::new()),
    ];
    for (name, message, expected) in cases {
        let (log, reply) = log_of(async { probe_in!(setup, Rows).echo(say(name)).await });
        assert_eq!(answer(reply).unwrap_err().1, message);
        assert_eq!(log, expected);
    }
}

fn logged(error: impl Into<Status>) -> String {
    let (log, ()) = log_in(|| drop(error.into()));
    let log = log.split_once(" error=").map_or("", |(_, error)| error);
    log.trim_matches('"').to_owned()
}

/// The error itself is kept, because the bound says that it can be.
#[test]
fn an_error_with_a_type_parameter_is_kept_and_logged() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("busy: {0}")]
    #[status(Unavailable)]
    struct Busy<T: Display + Debug>(T, #[source] Inner);

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("wrapped")]
    #[status(Unavailable)]
    struct Wrapped<E: Error>(#[source] E);

    assert_eq!(logged(Busy(7, Inner)), "busy: 7: inner secret");
    assert_eq!(logged(Wrapped(Outer(Inner))), "wrapped: outer secret: inner secret");
    let (_, ()) = log_in(|| {
        let status = Status::from(Busy("text", Inner));
        assert_eq!(domain_error::<Busy<&str>>(&status).unwrap().0, "text");
    });
}

#[test]
fn an_error_with_lifetimes_is_logged() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("busy: {0}")]
    #[status(Unavailable)]
    struct Busy<'a>(Cow<'a, str>, #[source] Inner);

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("busy: {0} {1}")]
    #[status(Unavailable, message = "busy")]
    struct Both<'a, T: Display + Debug, const N: usize>(&'a str, T, #[source] Inner);

    let text = "borrowed".to_owned();
    assert_eq!(logged(Busy(Cow::Borrowed(&text), Inner)), "busy: borrowed: inner secret");
    assert_eq!(logged(Both::<u8, 3>(&text, 7, Inner)), "busy: busy: borrowed 7: inner secret");
}

/// Types that are not `Send`, or no `Error`, are logged as text.
#[test]
fn an_error_that_is_not_send_is_logged() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("local {0}")]
    #[status(Aborted)]
    struct Local(std::rc::Rc<u8>, #[source] Inner);

    #[grpc_error]
    #[status(Aborted, message = "plain")]
    struct NoError;

    impl Display for NoError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the text")
        }
    }

    #[grpc_error]
    #[status(Aborted, message = "silent")]
    struct NoDisplay;

    assert_eq!(logged(Local(std::rc::Rc::new(1), Inner)), "local 1: inner secret");
    assert_eq!(logged(NoError), "plain: the text");
    assert_eq!(logged(NoDisplay), "");
}

/// A line has what the errors print, and nothing else of them.
#[test]
fn fields_that_no_error_prints_are_not_logged() {
    #[grpc_error(domain = "secret.example.com")]
    #[derive(Debug, thiserror::Error)]
    #[error("refused")]
    #[status(PermissionDenied)]
    struct Refused {
        password: &'static str,
        #[source]
        cause: Inner,
    }

    let error = Refused { password: "correct-horse", cause: Inner };
    assert_eq!(error.password, "correct-horse");
    assert_eq!(logged(error), "refused: inner secret");
}

/// Returns the log of a call to a service behind a layer that fails with this error, and the status.
fn behind_a_layer<E>(error: impl Fn() -> E + Clone + Send + 'static) -> (String, Status)
where
    E: Into<Box<dyn Error + Send + Sync>> + Debug + Send + 'static,
{
    let fails = tower::service_fn(move |_: http::Request<Body>| {
        std::future::ready(Err::<http::Response<Body>, E>(error()))
    });
    let mut service = tower_layer::Layer::layer(&vestibule::layer(()), fails);
    let request = raw::request("/probe.Probe/Echo").body(Body::empty()).unwrap();
    let (log, response) = log_of(async { tower_service::Service::call(&mut service, request).await });
    (log, Status::from_header_map(response.unwrap().headers()).unwrap())
}

#[test]
fn an_error_of_a_service_behind_a_layer_is_logged_once() {
    #[derive(Debug, thiserror::Error)]
    #[error("the outer text")]
    struct Holds(#[source] Status);

    let start = "vestibule: not sent to the client in full method=\"/probe.Probe/Echo\"";
    let (log, status) = behind_a_layer(|| Holds(Status::aborted("changed")));
    assert_eq!((status.code(), status.message()), (Code::Aborted, "changed"));
    let expected =
        format!("WARN {start} code=\"ABORTED\" error=\"changed: the outer text: ABORTED: changed\"");
    assert_eq!(log, expected);
    let (log, status) = behind_a_layer(|| Outer(Inner));
    id(status.message(), "internal error");
    assert!(log.ends_with("error=\"outer secret: inner secret\""), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
    let (log, status) = behind_a_layer(|| {
        let mut status = Status::aborted("changed");
        status.set_source(Arc::new(Outer(Inner)));
        status
    });
    assert_eq!(status.message(), "changed");
    let expected = format!("WARN {start} code=\"ABORTED\" error=\"changed: outer secret: inner secret\"");
    assert_eq!(log, expected);
    let (log, _) = behind_a_layer(|| Status::aborted("changed"));
    assert_eq!(log, "");
}

/// A generic service converts errors by their bounds.
#[test]
fn an_error_that_a_generic_service_returns_is_logged_once() {
    struct Generic<F>(F);

    #[interceptor]
    impl<F, E> Probe for Generic<F>
    where
        F: Fn() -> E + Send + Sync + 'static,
        E: Error + Into<Status> + Send + 'static,
        Status: From<E>,
    {
        async fn echo(&self, _request: Ping) -> Result<Pong, E> {
            Err((self.0)())
        }

        async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
            Ok(pong(""))
        }
    }

    let start = "vestibule: not sent to the client in full method=\"/probe.Probe/Echo\"";
    let (log, _) = log_of(Generic(|| ByHand::Locked(Inner)).echo(ping(&[])));
    let expected =
        format!("ERROR {start} code=\"INTERNAL\" error=\"internal: row 17 is locked: inner secret\"");
    assert_eq!(log, expected);
    let (log, _) = log_of(Generic(|| Status::aborted("changed")).echo(ping(&[])));
    assert_eq!(log, "");
    let (log, _) = log_of(Generic(|| super::storage::StorageError::named("unavailable")).echo(ping(&[])));
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.ends_with("error=\"storage is down: cable cut: a digger\""), "{log}");
}

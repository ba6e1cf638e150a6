//! Types that convert into a `Status` by hand and are no `std::error::Error`.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{IntoStatus, Status, interceptor};

use super::leaky::{id, say};
use super::storage::cause;
use crate::support::log::log_of;
use crate::support::{Setup, answer, in_every_setup, probe_in};

in_every_setup!(sync the_causes_of_any_type_are_logged_once, the_text_of_a_type_is_logged_once);

/// Holds any error, and is no error itself.
enum AppError {
    Attached(anyhow::Error),
    Redacted(anyhow::Error),
}

impl From<AppError> for Status {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Attached(error) => {
                let mut status = Self::unavailable("try again");
                let source: Box<dyn Error + Send + Sync> = error.into();
                status.set_source(Arc::from(source));
                status
            }
            AppError::Redacted(error) => error.into_status(),
        }
    }
}

/// Prints a text, and is no error.
struct Printed(&'static str);

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl From<Printed> for Status {
    fn from(_: Printed) -> Self {
        Self::aborted("changed")
    }
}

struct App;

#[interceptor]
impl Probe for App {
    async fn echo(&self, request: Ping) -> Result<Pong, AppError> {
        let error = anyhow::Error::from(cause()).context("no stock");
        Err(if request.text == "attached" { AppError::Attached(error) } else { AppError::Redacted(error) })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Printed> {
        Err(Printed(if request.text == "changed" { "changed" } else { "row 17 is locked" }))
    }
}

fn the_causes_of_any_type_are_logged_once(setup: Setup) {
    let (log, reply) = log_of(async { probe_in!(setup, App).echo(say("attached")).await });
    assert_eq!(answer(reply).unwrap_err().1, "try again");
    assert!(log.ends_with("error=\"try again: no stock: cable cut: a digger\""), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
    let (log, reply) = log_of(async { probe_in!(setup, App).echo(say("redacted")).await });
    id(&answer(reply).unwrap_err().1, "internal error");
    assert!(log.ends_with("error=\"no stock: cable cut: a digger\""), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

fn the_text_of_a_type_is_logged_once(setup: Setup) {
    let (log, reply) = log_of(async { probe_in!(setup, App).get_url(say("locked")).await });
    assert_eq!(answer(reply).unwrap_err().1, "changed");
    assert!(log.ends_with("error=\"changed: row 17 is locked\""), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
    let (log, _) = log_of(async { probe_in!(setup, App).get_url(say("changed")).await });
    assert_eq!(log, "");
}

//! The hooks of one call.

use std::sync::Arc;
use std::time::Instant;

use vestibule::{Call, Code, Hooks, Method, Outcome, Status};

use super::series::Series;

/// The hooks of [`Prometheus`](crate::Prometheus), which count the messages and the end of a call.
///
/// The hooks have no methods of their own and no example, because only the chain uses them.
#[derive(Debug)]
pub struct CountedCall {
    series: Arc<Series>,
    is_client: bool,
    started: Instant,
    deadline: Option<Instant>,
}

impl CountedCall {
    /// Counts the start of a call.
    #[inline]
    pub(super) fn start(series: Arc<Series>, is_client: bool, call: &Call) -> Self {
        series.start();
        Self { series, is_client, started: Instant::now(), deadline: call.deadline() }
    }

    /// Returns the code of a call that was dropped before it had a status.
    ///
    /// A client stops waiting at its deadline. So the server may learn of a deadline only because the client is gone.
    fn interrupted_code(&self, now: Instant) -> Code {
        match self.deadline {
            Some(deadline) if deadline <= now => Code::DeadlineExceeded,
            _ => Code::Cancelled,
        }
    }
}

impl<M: Method> Hooks<M> for CountedCall {
    #[inline]
    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        if self.is_client {
            self.series.send();
        } else {
            self.series.receive();
        }
        Ok(())
    }

    #[inline]
    fn on_response(&mut self, _message: &mut M::Response) -> Result<(), Status> {
        if self.is_client {
            self.series.receive();
        } else {
            self.series.send();
        }
        Ok(())
    }

    #[inline]
    fn on_finish(&mut self, outcome: &Outcome) {
        let now = Instant::now();
        let code = outcome.code().unwrap_or_else(|| self.interrupted_code(now));
        self.series.handle(code, now.saturating_duration_since(self.started));
    }
}

//! The hooks of one call.

use std::sync::Arc;
use std::time::Instant;

use vestibule::{Call, Hooks, Method, Outcome, Status};

use super::series::Series;
use crate::ending::interrupted_code;

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
        let code = outcome.code().unwrap_or_else(|| interrupted_code(self.started, self.deadline));
        self.series.handle(code, self.started.elapsed());
    }
}

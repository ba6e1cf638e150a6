//! The hooks of one call.

use std::sync::Arc;
use std::time::Instant;

use vestibule::{Call, Code, Hooks, Method, Outcome, Status};

use super::series::Series;
use crate::ending::Ending;

/// The hooks of [`Prometheus`](crate::Prometheus), which count the messages and the end of a call.
///
/// The hooks have no methods of their own and no example, because only the chain uses them.
#[derive(Debug)]
pub struct PrometheusHooks {
    series: Arc<Series>,
    is_client: bool,
    /// The messages of a unary call, each way.
    requests: u64,
    responses: u64,
    started: Instant,
    client_deadline: Option<Instant>,
}

impl PrometheusHooks {
    /// Counts the start of a call.
    #[inline]
    pub(super) fn start(series: Arc<Series>, is_client: bool, call: &Call) -> Self {
        series.start();
        Self {
            series,
            is_client,
            requests: 0,
            responses: 0,
            started: Instant::now(),
            client_deadline: call.client_deadline(),
        }
    }

    fn count_requests(&self, messages: u64) {
        if self.is_client {
            self.series.send(messages);
        } else {
            self.series.receive(messages);
        }
    }

    fn count_responses(&self, messages: u64) {
        if self.is_client {
            self.series.receive(messages);
        } else {
            self.series.send(messages);
        }
    }
}

impl<M: Method> Hooks<M> for PrometheusHooks {
    #[inline]
    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        if self.series.is_unary {
            self.requests += 1;
        } else {
            self.count_requests(1);
        }
        Ok(())
    }

    #[inline]
    fn on_response(&mut self, _message: &mut M::Response) -> Result<(), Status> {
        if self.series.is_unary {
            self.responses += 1;
        } else {
            self.count_responses(1);
        }
        Ok(())
    }

    #[inline]
    fn on_finish(&mut self, outcome: &Outcome) {
        let duration = self.started.elapsed();
        let code = Ending::of(outcome, self.started, self.client_deadline).code;
        if let (Code::Ok, 1, 1) = (code, self.requests, self.responses) {
            self.series.complete(duration);
            return;
        }
        self.count_requests(self.requests);
        self.count_responses(self.responses);
        self.series.handle(code, duration);
    }
}

//! One line in the log for each call.

use std::net::SocketAddr;
use std::time::Instant;

use tracing::field::display;
use vestibule::{Call, Code, Hooks, Interceptor, Method, MethodInfo, Outcome, Status, code_name};

/// Logs the method, the peer, the code, the messages each way and the time of every call, refused ones
/// too. A call that its client broke off is CANCELLED.
///
/// Written by hand, because it counts: an `#[interceptor]` function sees calls, hooks see messages.
#[derive(Clone, Copy, Debug)]
pub struct AccessLog;

impl Interceptor for AccessLog {
    type Provides = ();
    type Hooks = Line;

    async fn start(&self, call: &Call) -> Result<((), Line), Status> {
        let line = Line {
            method: call.method().clone(),
            peer: call.remote_addr(),
            started: Instant::now(),
            received: 0,
            sent: 0,
        };
        Ok(((), line))
    }
}

/// What is known of a call so far.
#[derive(Debug)]
pub struct Line {
    method: MethodInfo,
    peer: Option<SocketAddr>,
    started: Instant,
    received: u64,
    sent: u64,
}

/// For messages of any type: a single one is counted as one of a stream is.
impl<M: Method> Hooks<M> for Line {
    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        self.received += 1;
        Ok(())
    }

    fn on_response(&mut self, _message: &mut M::Response) -> Result<(), Status> {
        self.sent += 1;
        Ok(())
    }

    fn on_finish(&mut self, outcome: &Outcome) {
        let Self { received, sent, .. } = self;
        let method = self.method.path();
        let peer = self.peer.map(display);
        // No code: the client went away.
        let code = code_name(outcome.code().unwrap_or(Code::Cancelled));
        tracing::info!(method, peer, %code, received, sent, elapsed = ?self.started.elapsed());
    }
}

//! The access log: one line for each call.

use std::net::SocketAddr;
use std::time::Instant;

use tracing::field::display;
use vestibule::{
    Call, Code, Hooks, Interceptor, Method, MethodInfo, Outcome, Status, code_name, interceptor,
};

/// Logs the method, the peer, the code, the number of messages each way and the duration of each call,
/// also of rejected ones. A call whose client goes away is logged as CANCELLED.
///
/// The type is written by hand because it counts messages. An `#[interceptor]` function sees only calls;
/// hooks see messages.
#[derive(Clone, Copy, Debug)]
pub struct AccessLog;

#[interceptor(phase = Observe)]
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

/// The line of a call, as far as it is known.
#[derive(Debug)]
pub struct Line {
    method: MethodInfo,
    peer: Option<SocketAddr>,
    started: Instant,
    received: u64,
    sent: u64,
}

/// Counts messages of any type. A single message counts like one of a stream.
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
        // Without a code, the client went away.
        let code = code_name(outcome.code().unwrap_or(Code::Cancelled));
        tracing::info!(method, peer, %code, received, sent, elapsed = ?self.started.elapsed());
    }
}

//! A service that is logged and audited, and the lines that its calls leave.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::Notify;
use tokio_stream::Stream;
use tracing::Level;
use vestibule::{Call, Status, Streaming, interceptor};
use vestibule_interceptors::{
    AccessLog, Audit, CallLog, Deadline, JsonLines, MessageSizes, SetRequestId, WhenFull,
};

use super::ended_calls::{SECRET, act, last_reply, replies, reply_to_each};
use crate::support::log::{Log, enable};
use crate::support::surely;

/// Returns an audit that writes lines of JSON to a log.
pub(crate) fn audit_to(log: &Log) -> Audit {
    Audit::new(
        JsonLines::new(log.clone()),
        NonZeroUsize::new(16).unwrap(),
        WhenFull::Block(Duration::from_secs(20)),
    )
}

/// The name in a request says how the call goes on.
#[derive(Clone)]
pub(crate) struct Logged {
    pub(crate) log: AccessLog<MessageSizes>,
    pub(crate) audit: Audit,
    /// Is notified when a call hangs whose client is to go away.
    pub(crate) hanging: Arc<Notify>,
}

impl Logged {
    pub(crate) fn new(log: AccessLog, audit: Audit) -> Self {
        let log = log.message_sizes();
        Self { log, audit, hanging: Arc::default() }
    }
}

pub(crate) struct Caller(&'static str);

/// Rejects a call with the metadata `x-refuse`.
#[interceptor(phase = Authenticate)]
pub(crate) async fn authenticate(call: &Call) -> Result<Caller, Status> {
    match call.metadata().get("x-refuse") {
        Some(_) => Err(Status::unauthenticated(SECRET)),
        None => Ok(Caller("ada")),
    }
}

#[interceptor(
    _id = SetRequestId::new().trust(|_: &Call| true),
    log = self.log,
    audit = &self.audit,
    caller = authenticate(),
    log.caller(caller.0),
    audit.caller(caller.0),
    Deadline::new()
)]
impl Greeter for Logged {
    #[interceptor(audit.subject(|request: &HelloRequest| format!("greeting of {}", request.name.len())))]
    async fn say_hello(&self, request: HelloRequest, log: &CallLog) -> Result<HelloResponse, Status> {
        log.add_field("letters", request.name.len());
        act(request.name, &self.hanging).await
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(replies(request.name, &self.hanging))
    }

    #[interceptor(audit.subject(|request: &HelloRequest| format!("greeting of {}", request.name.len())))]
    async fn lots_of_greetings(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        last_reply(requests, &self.hanging).await
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(reply_to_each(requests, &self.hanging))
    }
}

/// Runs a test in this thread alone, with a log of everything up to `level`.
pub(crate) fn logging<F: Future>(level: Level, run: impl FnOnce(Log) -> F) -> F::Output {
    enable();
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_max_level(level)
        .with_ansi(false)
        .without_time()
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(subscriber, || runtime.block_on(run(log)))
}

/// Waits until the log has `count` lines of the target `vestibule::access`, and returns all of them. Times, ports and
/// UUIDs are replaced.
pub(crate) async fn access_lines(log: &Log, count: usize) -> Vec<String> {
    lines_with_target(log, "vestibule::access", count).await
}

/// Does the same for another target.
pub(crate) async fn lines_with_target(log: &Log, target: &str, count: usize) -> Vec<String> {
    surely(async {
        loop {
            let text = log.text();
            let lines: Vec<_> = text.lines().filter(|line| line.contains(target)).collect();
            if lines.len() >= count {
                return lines.into_iter().map(normalized).collect();
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

/// Replaces what differs from run to run.
pub(crate) fn normalized(line: &str) -> String {
    let word = |word: &str| match word.split_once('=') {
        Some((key @ ("duration_ms" | "deadline_left_ms"), time)) => {
            assert!(time.parse::<f64>().is_ok_and(|time| time >= 0.0), "{line}");
            format!("{key}=TIME")
        }
        Some(("peer", peer)) => {
            assert!(peer.starts_with("127.0.0.1:"), "{line}");
            "peer=PEER".to_owned()
        }
        _ => word.to_owned(),
    };
    line.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

//! The line of one call.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tracing::Level;
use vestibule::{Call, Code, MethodInfo, Outcome, Shape, code_name};

use super::settings::Settings;
use super::trace_ids::TraceIds;
use crate::ending::Ending;
use crate::request_id::{RequestId, current_request_id};
use crate::text::{Fields, MAX_VALUE, cut, cut_path};

/// Logs an event at a level that is known at run time. tracing needs a constant for each call site.
macro_rules! log {
    ($level:expr, $($fields:tt)*) => {
        match $level {
            Level::ERROR => tracing::event!(target: "vestibule::access", Level::ERROR, $($fields)*),
            Level::WARN => tracing::event!(target: "vestibule::access", Level::WARN, $($fields)*),
            Level::INFO => tracing::event!(target: "vestibule::access", Level::INFO, $($fields)*),
            Level::DEBUG => tracing::event!(target: "vestibule::access", Level::DEBUG, $($fields)*),
            Level::TRACE => tracing::event!(target: "vestibule::access", Level::TRACE, $($fields)*),
        }
    };
}

/// The messages in one direction. The hooks of a request stream may run in another task.
#[derive(Debug, Default)]
pub(super) struct Messages {
    count: AtomicU64,
    bytes: AtomicU64,
}

impl Messages {
    /// Counts a message of this size.
    pub(super) fn add(&self, size: usize) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(size as u64, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// The fields that change while the call runs.
#[derive(Debug, Default)]
struct Changing {
    caller: Option<String>,
    fields: Fields,
}

/// What is known of a call that is logged.
#[derive(Debug)]
pub(super) struct Line {
    settings: Settings,
    method: MethodInfo,
    peer: Option<SocketAddr>,
    request_id: Option<RequestId>,
    trace: Option<TraceIds>,
    metadata: Option<String>,
    started: Instant,
    deadline: Option<Instant>,
    client_deadline: Option<Instant>,
    pub(super) requests: Messages,
    pub(super) responses: Messages,
    changing: Mutex<Changing>,
}

impl Line {
    pub(super) fn start(settings: &Settings, call: &Call) -> Self {
        static IS_REPORTED: AtomicBool = AtomicBool::new(false);
        let side = settings.side.of(call, "AccessLog", &IS_REPORTED);
        let line = Self {
            settings: Settings { side, ..*settings },
            method: call.method().clone(),
            peer: call.remote_addr(),
            request_id: current_request_id(),
            trace: TraceIds::current(),
            metadata: metadata(settings, call),
            started: Instant::now(),
            deadline: call.deadline(),
            client_deadline: call.client_deadline(),
            requests: Messages::default(),
            responses: Messages::default(),
            changing: Mutex::default(),
        };
        if settings.logs_start {
            line.log_start();
        }
        line
    }

    pub(super) fn add(&self, key: &str, value: &str) {
        self.lock().fields.add(key, value);
    }

    pub(super) fn set_caller(&self, caller: String) {
        self.lock().caller = Some(caller);
    }

    fn log_start(&self) {
        log!(
            self.settings.levels.of(Code::Ok),
            side = self.settings.side.as_str(),
            method = &*cut_path(self.method.path()),
            shape = self.shape(),
            peer = self.peer.map(display),
            deadline_left_ms = self.deadline.map(left_ms),
            request_id = self.request_id.as_ref().map(RequestId::as_str),
            trace_id = self.trace.map(TraceIds::trace_id),
            span_id = self.trace.map(TraceIds::span_id),
            metadata = self.metadata.as_ref().map(display),
            "started call"
        );
    }

    /// Logs the end of the call. `counts_bytes` is true if the sizes of the messages are known.
    pub(super) fn log_end(&self, outcome: &Outcome, counts_bytes: bool) {
        let Changing { caller, fields } = std::mem::take(&mut *self.lock());
        let Ending { code, cause } = Ending::of(outcome, self.started, self.client_deadline);
        if code == Code::Ok && self.settings.sample.is_some_and(|sample| !sample.chooses()) {
            return;
        }
        log!(
            self.settings.levels.of(code),
            side = self.settings.side.as_str(),
            method = &*cut_path(self.method.path()),
            shape = self.shape(),
            peer = self.peer.map(display),
            code = code_name(code),
            ended_by = cause,
            duration_ms = ms(self.started.elapsed()),
            deadline_left_ms = self.deadline.map(left_ms),
            requests = self.requests.count(),
            request_bytes = counts_bytes.then(|| self.requests.bytes()),
            responses = self.responses.count(),
            response_bytes = counts_bytes.then(|| self.responses.bytes()),
            request_id = self.request_id.as_ref().map(RequestId::as_str),
            trace_id = self.trace.map(TraceIds::trace_id),
            span_id = self.trace.map(TraceIds::span_id),
            caller,
            metadata = self.metadata.as_ref().map(display),
            fields = fields.into_text().map(display),
            status_message = self.status_message(outcome),
            "finished call"
        );
    }

    fn status_message(&self, outcome: &Outcome) -> Option<String> {
        let status = outcome.status().filter(|_| self.settings.has_status_message)?;
        Some(cut(format_args!("{}", status.message()), MAX_VALUE))
    }

    fn shape(&self) -> Option<&'static str> {
        Some(match self.method.shape()? {
            Shape::Unary => "unary",
            Shape::ClientStreaming => "client_streaming",
            Shape::ServerStreaming => "server_streaming",
            Shape::Bidirectional => "bidirectional",
        })
    }

    /// Locks what changes. The lock is held for a moment only, and no code of users runs in it.
    fn lock(&self) -> MutexGuard<'_, Changing> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the listed metadata of the request, or `None` if it has none of it.
fn metadata(settings: &Settings, call: &Call) -> Option<String> {
    let mut metadata = Fields::default();
    for key in settings.metadata {
        for value in call.metadata().as_ref().get_all(*key) {
            let value = value.as_bytes().escape_ascii();
            metadata.add(key, &cut(format_args!("{value}"), MAX_VALUE));
        }
    }
    metadata.into_text()
}

fn ms(time: Duration) -> f64 {
    // A thousandth of a millisecond is as exact as a line needs to be.
    time.as_micros() as f64 / 1000.0
}

/// Returns the time until a deadline. It is zero once the deadline has passed.
fn left_ms(deadline: Instant) -> f64 {
    ms(deadline.saturating_duration_since(Instant::now()))
}

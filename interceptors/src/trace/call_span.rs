//! The span of one call.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use opentelemetry::global::BoxedTracer;
use opentelemetry::trace::{
    Span, SpanBuilder, SpanKind, SpanRef, Status as SpanStatus, TraceContextExt, Tracer,
};
use opentelemetry::{Context, KeyValue, StringValue};
use tonic::Status;
use vestibule::{Call, Code, Rest, code_name};

use super::parent::{inject, remote_parent};
use super::settings::Settings;
use crate::conventions::{GRPC, OTHER, Side, name_of_path};
use crate::ending::code_of;
use crate::request_id::{RequestId, current_request_id};
use crate::text::cut_path;

/// The span of a call, which ends when this is dropped, if not before.
pub(super) struct CallSpan {
    /// The context in which the rest of the call runs. The span is the active one in it.
    context: Context,
    side: Side,
    started: Instant,
    /// True from the beginning if the span is not recorded.
    has_ended: bool,
}

impl CallSpan {
    /// Starts the span of a call.
    pub(super) fn start(settings: &Settings, tracer: &BoxedTracer, call: &Call) -> Self {
        static IS_REPORTED: AtomicBool = AtomicBool::new(false);
        let side = settings.side.of(call, "Trace", &IS_REPORTED);
        let current = Context::current();
        let parent = match side {
            Side::Server => remote_parent(call.metadata().as_ref()),
            Side::Client => None,
        };
        let parent = parent.map_or(current.clone(), |parent| current.with_remote_span_context(parent));
        let span = tracer.build_with_context(builder(settings, side, call), &parent);
        let is_recording = span.is_recording();
        let context = if is_recording {
            let context = parent.with_span(span);
            describe(settings, side, call, &context.span());
            context
        } else {
            // Inner spans only need to know that this one is not sampled.
            parent.with_remote_span_context(span.span_context().clone())
        };
        if side == Side::Client {
            inject(context.span().span_context(), call);
        }
        Self { context, side, started: Instant::now(), has_ended: !is_recording }
    }

    /// Runs `rest` with this span as the active one.
    pub(super) async fn run(&self, rest: impl Rest) -> Result<(), Status> {
        let mut rest = pin!(rest);
        std::future::poll_fn(|cx| {
            let _attached = self.context.clone().attach();
            rest.as_mut().poll(cx)
        })
        .await
    }

    /// Ends the span of a call that has ended with `result`.
    pub(super) fn end(mut self, call: &Call, result: &Result<(), Status>) {
        if !self.has_ended {
            self.end_with(code_of(call, self.started, result));
        }
    }

    fn end_with(&mut self, code: Code) {
        self.has_ended = true;
        let span = self.context.span();
        span.set_attribute(KeyValue::new("rpc.status_code", code_name(code)));
        if self.side.is_failure(code) {
            span.set_attribute(KeyValue::new("error.type", code_name(code)));
            // The message of the status may contain data of the call, so it is no description.
            span.set_status(SpanStatus::error(""));
        }
        span.end();
    }
}

/// Ends the span of a call that is dropped while its thread panics. All other calls end with a result.
impl Drop for CallSpan {
    fn drop(&mut self) {
        if !self.has_ended {
            self.end_with(Code::Cancelled);
        }
    }
}

/// Returns the span with what a sampler may ask for. The rest is added only if the span is recorded.
fn builder(settings: &Settings, side: Side, call: &Call) -> SpanBuilder {
    let name = match (settings.methods.name(call.method()), side) {
        (Some(name), _) => Some(Cow::Borrowed(name)),
        // The program itself has chosen the path.
        (None, Side::Client) => Some(Cow::Owned(name_of_path(call.method().path()).to_owned())),
        (None, Side::Server) => None,
    };
    let method = name.clone().map_or(StringValue::from(OTHER), StringValue::from);
    let kind = match side {
        Side::Server => SpanKind::Server,
        Side::Client => SpanKind::Client,
    };
    let mut attributes = Vec::with_capacity(8);
    attributes.extend([KeyValue::new("rpc.system.name", GRPC), KeyValue::new("rpc.method", method)]);
    attributes.extend(server_address(settings, call));
    SpanBuilder {
        name: name.unwrap_or(Cow::Borrowed(GRPC)),
        span_kind: Some(kind),
        attributes: Some(attributes),
        ..SpanBuilder::default()
    }
}

/// Returns `server.address` and `server.port`: the address that is stated, or else the one that the call names.
fn server_address(settings: &Settings, call: &Call) -> impl Iterator<Item = KeyValue> {
    let (host, port) = match (&settings.server_address, call.authority()) {
        (Some((host, port)), _) => (Some(host.clone()), Some(*port)),
        (None, Some(authority)) => {
            let host = authority.host().trim_matches(['[', ']']).to_owned();
            (Some(host.into()), authority.port_u16())
        }
        (None, None) => (None, None),
    };
    let host = host.map(|host| KeyValue::new("server.address", host));
    let port = port.map(|port| KeyValue::new("server.port", i64::from(port)));
    host.into_iter().chain(port)
}

/// Adds what no sampler needs.
fn describe(settings: &Settings, side: Side, call: &Call, span: &SpanRef<'_>) {
    if let Some(id) = current_request_id().as_ref().map(RequestId::as_str) {
        span.set_attribute(KeyValue::new("request_id", id.to_owned()));
    }
    if side == Side::Client {
        return;
    }
    if settings.methods.name(call.method()).is_none() {
        let path = cut_path(name_of_path(call.method().path())).into_owned();
        span.set_attribute(KeyValue::new("rpc.method_original", path));
    }
    if let Some(peer) = call.remote_addr() {
        span.set_attribute(KeyValue::new("network.peer.address", peer.ip().to_string()));
        span.set_attribute(KeyValue::new("network.peer.port", i64::from(peer.port())));
    }
}

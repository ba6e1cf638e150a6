//! The tracer of a `Trace`, and the question if anybody listens to it.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::global::BoxedTracer;
use opentelemetry::trace::{
    Span, SpanBuilder, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
    TracerProvider,
};
use opentelemetry::{Context, global};

use crate::conventions::scope;

/// A tracer that is asked for when the first call arrives.
///
/// A service is often made before the provider of the process is set, and a tracer of the time before would drop all
/// spans. The answer is kept: OpenTelemetry gives no notice of a provider that is set later, and to ask in each call would
/// cost as much as a span. So a process that has no provider at its first call has no spans, and a line of the log says so.
#[derive(Default)]
pub(super) struct LazyTracer(OnceLock<Option<BoxedTracer>>);

impl LazyTracer {
    /// Returns the tracer of `provider`.
    pub(super) fn of<P>(provider: &P) -> Self
    where
        P: TracerProvider<Tracer: Tracer<Span: Send + Sync + 'static> + Send + Sync + 'static>,
    {
        let tracer = BoxedTracer::new(Box::new(provider.tracer_with_scope(scope())));
        Self(OnceLock::from(if_listening(tracer)))
    }

    /// Returns the tracer, or `None` if the process has no provider.
    #[inline]
    pub(super) fn get(&self) -> Option<&BoxedTracer> {
        self.0.get_or_init(ask_process).as_ref()
    }
}

impl fmt::Debug for LazyTracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LazyTracer")
    }
}

/// Returns the tracer of the provider of the process, or `None` if it has none.
#[cold]
fn ask_process() -> Option<BoxedTracer> {
    let tracer = if_listening(global::tracer_with_scope(scope()));
    if tracer.is_none() {
        tracing::debug!(target: "vestibule", "the process has no tracer provider; `Trace` makes no spans");
    }
    tracer
}

/// Returns the tracer, or `None` if its provider makes no spans.
///
/// OpenTelemetry has no method that tells the two apart, so this function starts a span and looks at its id. A tracer
/// without a provider returns a span with the id of the parent. The tracer of a provider never does: it makes a new id, or
/// an invalid one. The context suppresses telemetry, so no provider records or exports this span.
fn if_listening(tracer: BoxedTracer) -> Option<BoxedTracer> {
    let (trace_id, span_id) = (TraceId::from(1_u128), SpanId::from(1_u64));
    let parent = SpanContext::new(trace_id, span_id, TraceFlags::default(), true, TraceState::default());
    let parent = Context::new().with_remote_span_context(parent).with_telemetry_suppressed();
    let span = tracer.build_with_context(SpanBuilder::from_name(""), &parent);
    let is_listening = span.span_context().span_id() != span_id;
    if !is_listening {
        IS_SILENT.store(true, Ordering::Relaxed);
    }
    is_listening.then_some(tracer)
}

/// True after a `Trace` has found that its provider makes no spans.
static IS_SILENT: AtomicBool = AtomicBool::new(false);

/// Returns true if a `Trace` of this process is known to make no spans.
pub(super) fn is_known_to_be_silent() -> bool {
    IS_SILENT.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::noop::NoopTracerProvider;
    use opentelemetry_sdk::trace::{InMemorySpanExporter, Sampler, SdkTracerProvider};

    use super::*;

    #[test]
    fn nobody_listens_without_a_provider() {
        // No unit test sets the provider of the process.
        assert!(LazyTracer::default().get().is_none());
        assert!(LazyTracer::of(&NoopTracerProvider::new()).get().is_none());
    }

    #[test]
    fn a_provider_listens_and_the_question_leaves_no_span() {
        for sampler in [Sampler::AlwaysOn, Sampler::AlwaysOff] {
            let exporter = InMemorySpanExporter::default();
            let provider = SdkTracerProvider::builder()
                .with_sampler(sampler)
                .with_simple_exporter(exporter.clone())
                .build();
            assert!(LazyTracer::of(&provider).get().is_some());
            assert!(exporter.get_finished_spans().unwrap().is_empty());
        }
    }
}

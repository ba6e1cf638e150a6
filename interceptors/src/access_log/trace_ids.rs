//! The ids by which a line and a trace are joined.

/// The ids of the OpenTelemetry span in which a call starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct TraceIds {
    trace_id: u128,
    span_id: u64,
}

impl TraceIds {
    /// Returns the ids of the active span, if there is one.
    #[cfg(feature = "opentelemetry")]
    pub(super) fn current() -> Option<Self> {
        use opentelemetry::Context;
        use opentelemetry::trace::TraceContextExt;

        Context::map_current(|context| {
            let span = context.span();
            let span = span.span_context();
            span.is_valid().then(|| Self {
                trace_id: u128::from_be_bytes(span.trace_id().to_bytes()),
                span_id: u64::from_be_bytes(span.span_id().to_bytes()),
            })
        })
    }

    /// Returns nothing, because without the feature `opentelemetry` no span is known.
    #[cfg(not(feature = "opentelemetry"))]
    pub(super) const fn current() -> Option<Self> {
        None
    }

    /// Returns the id of the trace as `traceparent` has it.
    pub(super) fn trace_id(self) -> String {
        format!("{:032x}", self.trace_id)
    }

    /// Returns the id of the span as `traceparent` has it.
    pub(super) fn span_id(self) -> String {
        format!("{:016x}", self.span_id)
    }
}

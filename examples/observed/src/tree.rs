//! Spans as a tree.

use std::fmt::Write;

use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry_sdk::trace::SpanData;

/// Draws each trace as a tree, in the order in which the traces began.
pub(crate) fn draw(spans: &[SpanData]) -> String {
    let mut spans: Vec<_> = spans.iter().collect();
    spans.sort_by_key(|span| span.start_time);
    let mut text = String::new();
    for root in spans.iter().filter(|span| is_root(span, &spans)) {
        draw_span(root, "", "", &spans, &mut text);
    }
    text
}

/// Returns true if the parent of a span is not there, because the client of the demo makes no spans.
fn is_root(span: &SpanData, all: &[&SpanData]) -> bool {
    span.parent_span_id == SpanId::INVALID
        || all.iter().all(|other| other.span_context.span_id() != span.parent_span_id)
}

/// Draws a span after `prefix`, and its children after `indent`.
fn draw_span(span: &SpanData, prefix: &str, indent: &str, all: &[&SpanData], text: &mut String) {
    let kind = match span.span_kind {
        SpanKind::Server => "server",
        SpanKind::Client => "client",
        _ => "internal",
    };
    let code = span.attributes.iter().find(|attribute| attribute.key.as_str() == "rpc.status_code");
    let code = code.map(|attribute| attribute.value.to_string()).unwrap_or_default();
    let error = if matches!(span.status, Status::Error { .. }) { "  (an error)" } else { "" };
    let time = span.end_time.duration_since(span.start_time).unwrap_or_default();
    let time = format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    let name = format!("{prefix}{kind} {}", span.name);
    // A failed write to a `String` does not exist.
    let _ = writeln!(text, "{name:<46} {time:>9}  {code}{error}");
    let children: Vec<_> =
        all.iter().filter(|child| child.parent_span_id == span.span_context.span_id()).collect();
    for (index, child) in children.iter().enumerate() {
        let (branch, below) =
            if index + 1 == children.len() { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        draw_span(child, &format!("{indent}{branch}"), &format!("{indent}{below}"), all, text);
    }
}

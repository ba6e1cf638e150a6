//! The budgets of traces and metrics.

use super::{Budget, Costs};

/// Returns the budgets of an interceptor on a unary call, above the same call without it.
pub(super) fn observe(costs: &Costs<'_>) -> Vec<Budget> {
    let allocations = |case: &str| Some(costs.allocations(case) - costs.allocations("observe/nothing/0"));
    let instructions =
        |case: &str| Some(costs.instructions(case)? - costs.instructions("observe/nothing/0")?);
    let none = |what, case| Budget { what, cost: allocations(case), target: 0.0, limit: 0.0, reason: "" };
    let kept =
        |what, case, limit| Budget { what, cost: instructions(case), target: limit, limit, reason: "" };
    vec![
        none("allocations of Trace without a provider", "observe/Trace, no provider/1"),
        none("allocations of TracingSpan without a subscriber", "observe/TracingSpan, no subscriber/1"),
        none("allocations of Metrics", "observe/Metrics/1"),
        none("allocations of GrpcMetrics", "observe/GrpcMetrics/1"),
        none("allocations of Prometheus", "observe/Prometheus/1"),
        Budget {
            what: "allocations of Prometheus, a stream of 1000 messages each way",
            cost: Some(
                costs.allocations("observe, messages each way/Prometheus/1")
                    - costs.allocations("observe, messages each way/nothing/0"),
            ),
            target: 0.0,
            limit: 0.0,
            reason: "",
        },
        kept("instructions of Trace without a provider", "observe/Trace, no provider/1", 270.0),
        kept(
            "instructions of TracingSpan without a subscriber",
            "observe/TracingSpan, no subscriber/1",
            340.0,
        ),
        kept("instructions of Metrics", "observe/Metrics/1", 740.0),
        kept("instructions of Prometheus", "observe/Prometheus/1", 620.0),
        Budget {
            what: "instructions of GrpcMetrics",
            cost: instructions("observe/GrpcMetrics/1"),
            target: 900.0,
            limit: 1150.0,
            reason: "it records three histograms and a counter, where Metrics records one histogram",
        },
        Budget {
            what: "allocations of Trace, not sampled",
            cost: allocations("observe/Trace, not sampled/1"),
            target: 0.0,
            limit: 3.0,
            reason: "OpenTelemetry asks the sampler with the attributes, boxes the span, and shares the context, as it does for a span by hand",
        },
        Budget {
            what: "allocations of Trace, sampled",
            cost: allocations("observe/Trace, sampled/1"),
            target: 1.0,
            limit: 4.0,
            reason: "the span, its box in OpenTelemetry's context, the context, and the attributes",
        },
    ]
}

//! A named list, for tests that compare it with its entries written in its place.

use vestibule::{Status, interceptor};

use super::plan::Plan;
use super::traced::Traced;
use super::tracer::Tracer;

/// Makes an entry that is no literal, as a function call is.
pub(crate) fn traced(name: &'static str, tracer: &Tracer) -> Traced<Tracer> {
    Traced(name, tracer.clone())
}

/// An entry that only starts, and has no hooks.
#[interceptor]
pub(crate) async fn starts(event: &'static str, tracer: Tracer) -> Result<(), Status> {
    tracer.async_event(event).await
}

#[interceptor(starts("D.s", tracer.clone()), traced("E", tracer))]
async fn inner(tracer: &Tracer) -> Result<(), Status> {
    tracer.async_event("F.s").await
}

/// `traced("A")`, `starts("D.s")`, `traced("E")`, `starts("F.s")` and `starts("N.s")`.
#[interceptor(traced("A", &tracer), inner(&tracer))]
pub(crate) async fn named_list(tracer: Tracer) -> Result<(), Status> {
    tracer.async_event("N.s").await
}

/// Returns the plans with which a call of any shape is compared: nothing goes wrong, or one event fails or panics, the first
/// or the second time.
pub(crate) fn plans() -> Vec<Plan> {
    let events =
        ["", "A.s", "D.s", "E.s", "F.s", "N.s", "B.s", "A.r", "E.r", "B.r", "H", "B.w", "E.w", "A.w"];
    // A test waits for the end of A, which must not panic.
    let ends = ["E.f(ok)", "B.f(ok)", "A.around", "E.around", "B.around"];
    let fails = |fails| [0, 1].map(|after| Plan { fails, after, ..Plan::default() });
    let panics = |panics| [0, 1].map(|after| Plan { panics, after, ..Plan::default() });
    events.into_iter().flat_map(fails).chain(events.into_iter().chain(ends).flat_map(panics)).collect()
}

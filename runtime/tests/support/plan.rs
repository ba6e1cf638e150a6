//! What a test wants to go wrong in a call.

/// Names the events of a trace that go wrong, and how.
///
/// The events of an interceptor `A` are `A.s` (its `start`), `A.r` and `A.w` (a request, and a response, that its
/// hooks see), `A.a` (its `around`, when the rest has ended) and `A.f` (its `on_finish`). The handler's is `H`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Plan {
    /// The event that fails with ABORTED, such as `B.s`.
    pub(crate) fails: &'static str,
    /// The event that panics. Those with an end are named with it, such as `B.f(ok)`; `B.around` is the `around` of B.
    pub(crate) panics: &'static str,
    /// Another event that panics.
    pub(crate) also_panics: &'static str,
    /// The event that never ends.
    pub(crate) hangs: &'static str,
    /// The event that fails with the code OK.
    pub(crate) says_ok: &'static str,
    /// The number of times that the event goes well before.
    pub(crate) after: usize,
}

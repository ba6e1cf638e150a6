//! Interceptors that trace only the end of their call.

use std::borrow::Borrow;

use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, Rest, Status, interceptor};

use super::traced::end;
use super::tracer::Tracer;

/// Traces only the end of its call, as its `around` and its `on_finish` learn of it: `A.a(ok) A.f(ok)`.
#[derive(Clone)]
pub(crate) struct TracedEnds<T>(pub(crate) &'static str, pub(crate) T);

/// Hooks that trace only `on_finish`.
pub(crate) struct TracedFinish(pub(crate) &'static str, pub(crate) Tracer);

impl<T: Borrow<Tracer> + Send + Sync> Interceptor for TracedEnds<T> {
    type Provides = ();
    type Hooks = TracedFinish;

    async fn start(&self, _call: &Call) -> Result<((), TracedFinish), Status> {
        Ok(((), TracedFinish(self.0, self.1.borrow().clone())))
    }

    async fn around<R: Rest>(&self, _call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let result = rest.await;
        trace_rest(self.0, self.1.borrow(), &result);
        result
    }
}

impl<M: Method> Hooks<M> for TracedFinish {
    fn on_finish(&mut self, outcome: &Outcome) {
        let _ = self.1.event(&format!("{}.f({})", self.0, end(outcome)));
    }
}

/// Traces only how the rest of the call ended: `A.a(ok)`.
#[interceptor]
pub(crate) async fn traced_rest(name: &'static str, tracer: &Tracer, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    trace_rest(name, tracer, &result);
    result
}

fn trace_rest(name: &str, tracer: &Tracer, result: &Result<(), Status>) {
    let outcome = Outcome::of(result);
    if outcome.code().is_none() {
        assert_eq!(
            result.as_ref().map_err(Status::code),
            Err(Code::Cancelled),
            "an interruption is CANCELLED"
        );
    }
    let _ = tracer.event(&format!("{name}.a({})", end(&outcome)));
}

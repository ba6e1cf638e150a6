//! An interceptor that traces all of its call.

use std::borrow::Borrow;

use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, Rest, Status};

use super::tracer::Tracer;

/// Traces its `start`, its hooks and its `on_finish`. In a service, it holds a `&Tracer`.
pub(crate) struct Traced<T>(pub(crate) &'static str, pub(crate) T);

pub(crate) struct TracedHooks(&'static str, Tracer);

impl<T: Borrow<Tracer> + Send + Sync> Interceptor for Traced<T> {
    type Provides = &'static str;
    type Hooks = TracedHooks;

    async fn start(&self, _call: &Call) -> Result<(&'static str, TracedHooks), Status> {
        let Self(name, tracer) = self;
        let tracer: &Tracer = tracer.borrow();
        tracer.async_event(&format!("{name}.s")).await?;
        Ok((name, TracedHooks(name, tracer.clone())))
    }

    async fn around<R: Rest>(&self, _call: &Call, provided: &&'static str, rest: R) -> Result<(), Status> {
        let result = rest.await;
        let tracer: &Tracer = self.1.borrow();
        assert!(tracer.plan.panics != format!("{provided}.around"), "secret around {provided}");
        result
    }
}

impl<M: Method> Hooks<M> for TracedHooks {
    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        self.1.event(&format!("{}.r", self.0))
    }

    fn on_response(&mut self, _message: &mut M::Response) -> Result<(), Status> {
        self.1.event(&format!("{}.w", self.0))
    }

    fn on_finish(&mut self, outcome: &Outcome) {
        let _ = self.1.event(&format!("{}.f({})", self.0, end(outcome)));
        if self.0 == "A" {
            self.1.shared.finished.notify_one();
        }
    }
}

/// Returns the end of a call as traces have it.
pub(crate) fn end(outcome: &Outcome) -> String {
    match (outcome, outcome.code()) {
        (Outcome::Panicked(status), code) => {
            assert_eq!((code, status.message()), (Some(Code::Internal), "internal error"));
            "panicked".to_owned()
        }
        (_, None) => "interrupted".to_owned(),
        (_, Some(Code::Ok)) => "ok".to_owned(),
        (_, Some(code)) => format!("{code:?}"),
    }
}

//! Interceptors that write down what happens to them, and what the plan wants to go wrong.

use std::borrow::Borrow;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, Rest, Status};

use super::surely;

/// Where something goes wrong, and how.
#[derive(Clone, Copy, Default)]
pub(crate) struct Plan {
    /// Event that fails, such as `B.s`.
    pub(crate) fails: &'static str,
    /// Event that panics.
    pub(crate) panics: &'static str,
    pub(crate) also_panics: &'static str,
    /// Event that never ends.
    pub(crate) hangs: &'static str,
    /// Event that returns an error with the code OK.
    pub(crate) says_ok: &'static str,
    /// How often the event goes well before.
    pub(crate) after: usize,
}

#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) trace: Mutex<Vec<String>>,
    pub(crate) hanging: Notify,
    pub(crate) finished: Notify,
}

#[derive(Clone, Default)]
pub(crate) struct Tracer {
    pub(crate) plan: Plan,
    pub(crate) shared: Arc<Shared>,
}

impl Tracer {
    pub(crate) fn event(&self, event: &str) -> Result<(), Status> {
        let mut trace = self.shared.trace.lock().unwrap();
        let before = trace.iter().filter(|other| *other == event).count();
        trace.push(event.to_owned());
        drop(trace);
        if before < self.plan.after {
            return Ok(());
        }
        assert!(event != self.plan.panics && event != self.plan.also_panics, "secret of {event}");
        if event == self.plan.fails {
            return Err(Status::aborted(event));
        }
        if event == self.plan.says_ok {
            return Err(Status::new(Code::Ok, event));
        }
        Ok(())
    }

    pub(crate) async fn async_event(&self, event: &str) -> Result<(), Status> {
        self.event(event)?;
        let before = self.shared.trace.lock().unwrap().iter().filter(|other| *other == event).count() - 1;
        if event == self.plan.hangs && before >= self.plan.after {
            self.shared.hanging.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan, ..Self::default() }
    }

    /// What happened since this was asked last.
    pub(crate) fn take(&self) -> String {
        std::mem::take(&mut *self.shared.trace.lock().unwrap()).join(" ")
    }

    /// Waits until so much has happened.
    pub(crate) async fn until(&self, is_reached: impl Fn(&str) -> bool) {
        let reached = async {
            while !is_reached(&self.trace()) {
                tokio::task::yield_now().await;
            }
        };
        surely(reached).await;
    }

    /// Waits until the chain has finished.
    pub(crate) async fn finished(&self) {
        surely(self.shared.finished.notified()).await;
    }

    pub(crate) fn trace(&self) -> String {
        self.shared.trace.lock().unwrap().join(" ")
    }
}

/// In a service, of a `&Tracer`.
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
        let end = match (outcome, outcome.code()) {
            (Outcome::Panicked(status), code) => {
                assert_eq!((code, status.message()), (Some(Code::Internal), "internal error"));
                "panicked".to_owned()
            }
            (_, None) => "interrupted".to_owned(),
            (_, Some(Code::Ok)) => "ok".to_owned(),
            (_, Some(code)) => format!("{code:?}"),
        };
        let _ = self.1.event(&format!("{}.f({end})", self.0));
        if self.0 == "A" {
            self.1.shared.finished.notify_one();
        }
    }
}

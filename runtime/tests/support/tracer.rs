//! The trace of a call, and what goes wrong in it.

use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use vestibule::{Code, Status};

pub(crate) use super::plan::Plan;
use super::surely;
pub(crate) use super::traced::Traced;
pub(crate) use super::traced_ends::{TracedEnds, TracedFinish, traced_rest};

#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) trace: Mutex<Vec<String>>,
    /// Notified when the event that the plan names hangs.
    pub(crate) hanging: Notify,
    /// Notified when `A` has finished.
    pub(crate) finished: Notify,
}

/// Writes down the events of a call in their order, and has one go wrong as its plan says.
#[derive(Clone, Default)]
pub(crate) struct Tracer {
    pub(crate) plan: Plan,
    pub(crate) shared: Arc<Shared>,
}

impl Tracer {
    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan, ..Self::default() }
    }

    /// Writes down an event. It fails or panics if the plan says so.
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

    /// Does the same, and never ends if the plan says so.
    pub(crate) async fn async_event(&self, event: &str) -> Result<(), Status> {
        self.event(event)?;
        let before = self.shared.trace.lock().unwrap().iter().filter(|other| *other == event).count() - 1;
        if event == self.plan.hangs && before >= self.plan.after {
            self.hang().await;
        }
        Ok(())
    }

    /// Never ends, and notifies whoever waits for `hanging`.
    pub(crate) async fn hang(&self) {
        self.shared.hanging.notify_one();
        std::future::pending::<()>().await;
    }

    /// Returns what has happened since it was called last.
    pub(crate) fn take(&self) -> String {
        std::mem::take(&mut *self.shared.trace.lock().unwrap()).join(" ")
    }

    /// Returns what has happened so far.
    pub(crate) fn trace(&self) -> String {
        self.shared.trace.lock().unwrap().join(" ")
    }

    /// Waits until the trace satisfies a condition.
    pub(crate) async fn until(&self, is_reached: impl Fn(&str) -> bool) {
        let reached = async {
            while !is_reached(&self.trace()) {
                tokio::task::yield_now().await;
            }
        };
        surely(reached).await;
    }

    /// Waits until `A` has finished.
    pub(crate) async fn finished(&self) {
        surely(self.shared.finished.notified()).await;
    }
}

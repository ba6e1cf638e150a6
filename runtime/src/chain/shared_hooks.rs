//! Hooks that the request stream and the chain share.
//!
//! A handler may move the stream into another task, and flow control may keep the reply waiting
//! for the client to read. So neither direction may wait for the other: the stream calls the hooks
//! itself, and nobody holds the lock for longer than a hook runs.

use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tonic::{Code, Status};

use super::checked::report_bug;
use super::hooks::{Hooks, Outcome};
use super::panics::report_panic;
use crate::{Method, MethodInfo};

/// The hooks of a chain together: `(((), Some(a)), Some(b))`. They are gone once they were told of
/// the end: a task may keep the request stream for longer.
pub trait HookList<M: Method>: Send + 'static {
    /// How many there are.
    const COUNT: usize;

    /// As [`Hooks::on_request`], outermost first.
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status>;

    /// As [`Hooks::on_response`], innermost first.
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status>;

    /// As [`Hooks::on_finish`], for the hooks at this index.
    fn on_finish(&mut self, index: usize, outcome: &Outcome);
}

impl<M: Method> HookList<M> for () {
    const COUNT: usize = 0;

    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        Ok(())
    }

    fn on_response(&mut self, _message: &mut M::Response) -> Result<(), Status> {
        Ok(())
    }

    fn on_finish(&mut self, _index: usize, _outcome: &Outcome) {}
}

impl<M: Method, H: Hooks<M> + 'static, T: HookList<M>> HookList<M> for (T, Option<H>) {
    const COUNT: usize = T::COUNT + 1;

    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.0.on_request(message)?;
        self.1.on_request(message)
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        self.1.on_response(message)?;
        self.0.on_response(message)
    }

    fn on_finish(&mut self, index: usize, outcome: &Outcome) {
        if index < T::COUNT {
            self.0.on_finish(index, outcome);
        } else if let Some(mut hooks) = self.1.take() {
            hooks.on_finish(outcome);
        }
    }
}

/// What the request stream sees of the hooks.
pub(crate) trait RequestHooks<Req>: Send + Sync {
    /// Shows a message to the hooks. If one rejects it, the call ends with that status.
    fn on_request(&self, message: &mut Req) -> Result<(), Status>;

    /// The end of the call, for whoever waits for a message.
    fn poll_end(&self, cx: &mut Context<'_>) -> Poll<Status>;
}

/// What the chain sees of the hooks.
pub trait ResponseHooks<M: Method>: Send + Sync {
    /// Shows a message to the client to the hooks.
    fn on_response(&self, message: &mut M::Response) -> Result<(), Status>;

    /// Tells the hooks at this index of the end.
    fn on_finish(&self, index: usize, outcome: &Outcome);

    /// The status with which a hook rejected a message from the client.
    fn poll_rejection(&self, cx: &mut Context<'_>) -> Poll<Status>;

    /// The call has ended, and with it the request stream.
    fn end(&self);
}

/// The hooks of a call with an request stream.
pub(super) struct SharedHooks<M, T> {
    method: MethodInfo,
    state: Mutex<State<T>>,
    messages: PhantomData<M>,
}

struct State<T> {
    hooks: T,
    has_ended: bool,
    rejection: Option<Status>,
    /// The task that drives the chain, to be told of a rejection.
    chain: Option<Waker>,
    /// The task that waits for a message, to be told of the end.
    reader: Option<Waker>,
}

impl<M, T> SharedHooks<M, T> {
    pub(super) fn new(method: MethodInfo, hooks: T) -> Self {
        let state = State { hooks, has_ended: false, rejection: None, chain: None, reader: None };
        Self { method, state: Mutex::new(state), messages: PhantomData }
    }

    /// A hook that panicked does not keep the others from being told of the end.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Method, T: HookList<M>> RequestHooks<M::Request> for SharedHooks<M, T> {
    fn on_request(&self, message: &mut M::Request) -> Result<(), Status> {
        let mut state = self.lock();
        if state.has_ended {
            return Err(ended());
        }
        let admitted = catch_unwind(AssertUnwindSafe(|| state.hooks.on_request(message)));
        let rejection = match admitted {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(status)) if status.code() == Code::Ok => {
                report_bug(&self.method, "an error with the code OK")
            }
            Ok(Err(status)) => status,
            Err(panic) => report_panic(&self.method, panic),
        };
        state.rejection = Some(rejection.clone());
        let chain = state.chain.take();
        drop(state);
        if let Some(chain) = chain {
            chain.wake();
        }
        Err(rejection)
    }

    fn poll_end(&self, cx: &mut Context<'_>) -> Poll<Status> {
        let mut state = self.lock();
        if state.has_ended {
            return Poll::Ready(ended());
        }
        register(&mut state.reader, cx);
        Poll::Pending
    }
}

#[cold]
fn ended() -> Status {
    Status::cancelled("the call has ended")
}

/// Keeps the waker of a task that waits.
fn register(waker: &mut Option<Waker>, cx: &Context<'_>) {
    match waker {
        Some(waker) => waker.clone_from(cx.waker()),
        waker => *waker = Some(cx.waker().clone()),
    }
}

impl<M: Method, T: HookList<M>> ResponseHooks<M> for SharedHooks<M, T> {
    fn on_response(&self, message: &mut M::Response) -> Result<(), Status> {
        self.lock().hooks.on_response(message)
    }

    fn on_finish(&self, index: usize, outcome: &Outcome) {
        let mut state = self.lock();
        state.has_ended = true;
        state.hooks.on_finish(index, outcome);
    }

    fn poll_rejection(&self, cx: &mut Context<'_>) -> Poll<Status> {
        let mut state = self.lock();
        match &state.rejection {
            Some(status) => Poll::Ready(status.clone()),
            None => {
                register(&mut state.chain, cx);
                Poll::Pending
            }
        }
    }

    fn end(&self) {
        let mut state = self.lock();
        state.has_ended = true;
        let reader = state.reader.take();
        drop(state);
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

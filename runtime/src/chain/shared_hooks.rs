//! Hooks that the request stream and the chain share.
//!
//! A handler may move the stream to another task, and flow control may block the response. So neither direction may wait
//! for the other. The stream calls the hooks itself, and the lock is held only while a hook runs.

use std::any::TypeId;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tonic::{Code, Status};

use super::check_result::report_bug;
use super::erased_hooks::ErasedHooks;
use super::hooks::{Hooks, Outcome};
use super::panics::report_panic;
use crate::{Method, MethodInfo};

/// The hooks of all levels of a chain, as nested pairs: `(((), Some(a)), Some(b))`.
///
/// Hooks are dropped after their `on_finish`, because a task may own the request stream for longer than that.
pub trait HookList<M: Method>: Send + 'static {
    /// The number of levels.
    const COUNT: usize;

    /// Returns true if a level has hooks other than `()`. The compiler turns it into a constant.
    fn has_hooks() -> bool;

    /// Calls [`Hooks::on_request`] of all levels, the outermost first.
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status>;

    /// Calls [`Hooks::on_response`] of all levels, the innermost first.
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status>;

    /// Calls [`Hooks::on_finish`] of the level at `index`.
    fn on_finish(&mut self, index: usize, outcome: &Outcome);
}

impl<M: Method> HookList<M> for () {
    const COUNT: usize = 0;

    #[inline]
    fn has_hooks() -> bool {
        false
    }

    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        Ok(())
    }

    fn on_response(&mut self, _message: &mut M::Response) -> Result<(), Status> {
        Ok(())
    }

    fn on_finish(&mut self, _index: usize, _outcome: &Outcome) {}
}

impl<M: Method, H: Hooks<M> + 'static, L: HookList<M>> HookList<M> for (L, Option<H>) {
    const COUNT: usize = L::COUNT + 1;

    #[inline]
    fn has_hooks() -> bool {
        // These are the hooks that `act` returns false for.
        let idle = [TypeId::of::<ErasedHooks<M, ()>>(), TypeId::of::<ErasedHooks<M, Option<()>>>()];
        L::has_hooks() || !idle.contains(&TypeId::of::<H>())
    }

    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.0.on_request(message)?;
        self.1.on_request(message)
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        self.1.on_response(message)?;
        self.0.on_response(message)
    }

    fn on_finish(&mut self, index: usize, outcome: &Outcome) {
        if index < L::COUNT {
            self.0.on_finish(index, outcome);
        } else if let Some(mut hooks) = self.1.take() {
            hooks.on_finish(outcome);
        }
    }
}

/// The shared hooks, as the request stream uses them.
pub(crate) trait RequestHooks<Req>: Send + Sync {
    /// Calls the hooks with a message from the client. If one rejects it, the call ends with that status.
    fn on_request(&self, message: &mut Req) -> Result<(), Status>;

    /// Polls for the end of the call, while the client sends no message.
    fn poll_end(&self, cx: &mut Context<'_>) -> Poll<Status>;
}

/// The shared hooks, as the chain uses them.
pub trait ResponseHooks<M: Method>: Send + Sync {
    /// Calls the hooks with a message to the client.
    fn on_response(&self, message: &mut M::Response) -> Result<(), Status>;

    /// Calls `on_finish` of the level at `index`.
    fn on_finish(&self, index: usize, outcome: &Outcome);

    /// Polls for the status with which a hook has rejected a message from the client.
    fn poll_rejection(&self, cx: &mut Context<'_>) -> Poll<Status>;

    /// Returns the status with which a hook has rejected a message from the client.
    fn rejection(&self) -> Option<Status>;

    /// Ends the request stream, because the call has ended.
    fn end(&self);
}

/// The hooks of a call whose client streams.
///
/// The two flags change only while the state is locked. They spare a message the lock where no hook runs.
pub(super) struct SharedHooks<M, L> {
    method: MethodInfo,
    has_ended: AtomicBool,
    has_rejection: AtomicBool,
    state: Mutex<SharedState<L>>,
    messages: PhantomData<M>,
}

struct SharedState<L> {
    hooks: L,
    rejection: Option<Status>,
    /// The task that polls the chain. A rejection wakes it.
    chain: Option<Waker>,
    /// The task that waits for a message. The end of the call wakes it.
    reader: Option<Waker>,
}

impl<M, L> SharedHooks<M, L> {
    pub(super) fn new(method: MethodInfo, hooks: L) -> Self {
        let state = Mutex::new(SharedState { hooks, rejection: None, chain: None, reader: None });
        let (has_ended, has_rejection) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { method, has_ended, has_rejection, state, messages: PhantomData }
    }

    #[inline]
    fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    /// Locks the hooks. It ignores poisoning, because a panic of one hook must not prevent the `on_finish` of the others.
    fn lock(&self) -> MutexGuard<'_, SharedState<L>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Method, L: HookList<M>> RequestHooks<M::Request> for SharedHooks<M, L> {
    fn on_request(&self, message: &mut M::Request) -> Result<(), Status> {
        if !L::has_hooks() {
            return if self.has_ended() { Err(ended()) } else { Ok(()) };
        }
        let mut state = self.lock();
        if self.has_ended() {
            return Err(ended());
        }
        let result = catch_unwind(AssertUnwindSafe(|| state.hooks.on_request(message)));
        let rejection = match result {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(status)) if status.code() == Code::Ok => {
                report_bug(&self.method, "an error with the code OK")
            }
            Ok(Err(status)) => status,
            Err(panic) => report_panic(&self.method, panic),
        };
        state.rejection = Some(rejection.clone());
        self.has_rejection.store(true, Ordering::Release);
        let chain = state.chain.take();
        drop(state);
        if let Some(chain) = chain {
            chain.wake();
        }
        Err(rejection)
    }

    fn poll_end(&self, cx: &mut Context<'_>) -> Poll<Status> {
        let mut state = self.lock();
        if self.has_ended() {
            return Poll::Ready(ended());
        }
        register(&mut state.reader, cx);
        Poll::Pending
    }
}

/// Returns the status of a request stream whose call has ended.
#[cold]
pub(super) fn ended() -> Status {
    Status::cancelled("the call has ended")
}

/// Stores the waker of the current task.
pub(super) fn register(waker: &mut Option<Waker>, cx: &Context<'_>) {
    match waker {
        Some(waker) => waker.clone_from(cx.waker()),
        waker => *waker = Some(cx.waker().clone()),
    }
}

impl<M: Method, L: HookList<M>> ResponseHooks<M> for SharedHooks<M, L> {
    fn on_response(&self, message: &mut M::Response) -> Result<(), Status> {
        if L::has_hooks() { self.lock().hooks.on_response(message) } else { Ok(()) }
    }

    fn on_finish(&self, index: usize, outcome: &Outcome) {
        let mut state = self.lock();
        self.has_ended.store(true, Ordering::Release);
        state.hooks.on_finish(index, outcome);
    }

    fn poll_rejection(&self, cx: &mut Context<'_>) -> Poll<Status> {
        if !L::has_hooks() {
            return Poll::Pending;
        }
        let mut state = self.lock();
        match &state.rejection {
            Some(status) => Poll::Ready(status.clone()),
            None => {
                register(&mut state.chain, cx);
                Poll::Pending
            }
        }
    }

    fn rejection(&self) -> Option<Status> {
        if !L::has_hooks() || !self.has_rejection.load(Ordering::Acquire) {
            return None;
        }
        self.lock().rejection.clone()
    }

    fn end(&self) {
        let mut state = self.lock();
        self.has_ended.store(true, Ordering::Release);
        let reader = state.reader.take();
        drop(state);
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

use std::future::Future;
use std::sync::Arc;

use tonic::Status;

use super::guarded::GuardedRest;
use super::rest::RestRef;
use crate::Call;

/// What stands in the chain before a handler.
///
/// Most are written as an `async fn` with [`#[interceptor]`](macro@crate::interceptor). Written
/// by hand, one can also leave [`Hooks`](crate::Hooks) behind, which see the messages:
///
/// ```
/// use vestibule::{Call, Hooks, Interceptor, Method, MethodInfo, Outcome, Status};
///
/// struct Counted;
///
/// struct Counter { method: MethodInfo, requests: u32 }
///
/// impl Interceptor for Counted {
///     type Provides = ();
///     type Hooks = Counter;
///
///     async fn start(&self, call: &Call) -> Result<((), Counter), Status> {
///         Ok(((), Counter { method: call.method().clone(), requests: 0 }))
///     }
/// }
///
/// impl<M: Method> Hooks<M> for Counter {
///     fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
///         self.requests += 1;
///         Ok(())
///     }
///
///     fn on_finish(&mut self, outcome: &Outcome) {
///         println!("{}: {} requests, {outcome:?}", self.method.path(), self.requests);
///     }
/// }
/// ```
///
/// `start` and `around` know nothing of the messages: they are compiled once, run before the
/// message is looked at, and mean the same wherever the interceptor is mounted.
#[must_use = "an interceptor does nothing unless it stands in a chain"]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an interceptor",
    label = "not an interceptor",
    note = "`#[interceptor]` on an `async fn` makes one; write a call of it, such as `authenticate()`, or implement `Interceptor` for a type of yours"
)]
pub trait Interceptor: Send + Sync {
    /// What the chain may bind to a name: `caller = authenticate()`.
    type Provides: Send + Sync;
    /// What stays with the call and sees its messages and its end; `()` for nothing.
    ///
    /// Must be `'static`: with a client stream it may move to another task.
    type Hooks: Send + 'static;

    /// Begins the call: an error rejects it, and nothing further in runs.
    ///
    /// # Errors
    ///
    /// Whatever status the client shall see.
    fn start(
        &self,
        call: &Call,
    ) -> impl Future<Output = Result<(Self::Provides, Self::Hooks), Status>> + Send;

    /// Wraps everything further in. What it returns is how the call ended, for those further out.
    ///
    /// # Errors
    ///
    /// Those of `rest`, or others in their place.
    fn around<R: Rest>(
        &self,
        call: &Call,
        provided: &Self::Provides,
        rest: R,
    ) -> impl Future<Output = Result<(), Status>> + Send {
        let _ = (call, provided);
        rest
    }

    /// What the chain calls: `around`, with a rest that it can rely on. A function that does not wrap the call
    /// has no need of the latter.
    #[doc(hidden)]
    #[inline]
    fn guard<'a>(
        &'a self,
        call: &'a Call,
        provided: &'a Self::Provides,
        rest: RestRef<'a>,
    ) -> impl Future<Output = Result<(), Status>> + Send {
        self.around(call, provided, GuardedRest::new(call, rest))
    }
}

/// The rest of a call, as an interceptor that wraps it sees it: a future to be awaited once.
///
/// It ends with how the call ended: `Ok` or the status of the failure. Dropping it ends the call there
/// and then. Without it there is no reply, so that an interceptor which drops it must return an error.
///
/// ```
/// use vestibule::{Rest, Status, interceptor};
///
/// #[interceptor]
/// async fn timed(rest: impl Rest) -> Result<(), Status> {
///     let started = std::time::Instant::now();
///     let result = rest.await;
///     println!("{:?}", started.elapsed());
///     result
/// }
/// ```
pub trait Rest: Future<Output = Result<(), Status>> + Send {}

impl<F: Future<Output = Result<(), Status>> + Send> Rest for F {}

/// What only refers to an interceptor is one.
macro_rules! refers {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<I: Interceptor> Interceptor for $type {
            type Provides = I::Provides;
            type Hooks = I::Hooks;

            fn start(
                &self,
                call: &Call,
            ) -> impl Future<Output = Result<(Self::Provides, Self::Hooks), Status>> + Send {
                I::start(self, call)
            }

            fn around<R: Rest>(
                &self,
                call: &Call,
                provided: &Self::Provides,
                rest: R,
            ) -> impl Future<Output = Result<(), Status>> + Send {
                I::around(self, call, provided, rest)
            }

            #[inline]
            fn guard<'a>(
                &'a self,
                call: &'a Call,
                provided: &'a Self::Provides,
                rest: RestRef<'a>,
            ) -> impl Future<Output = Result<(), Status>> + Send {
                I::guard(self, call, provided, rest)
            }
        }
    )*};
}

refers!(&I, Arc<I>);

/// `None` lets every call pass and provides `None`.
#[diagnostic::do_not_recommend]
impl<I: Interceptor> Interceptor for Option<I> {
    type Provides = Option<I::Provides>;
    type Hooks = Option<I::Hooks>;

    async fn start(&self, call: &Call) -> Result<(Self::Provides, Self::Hooks), Status> {
        let Some(interceptor) = self else { return Ok((None, None)) };
        let (provided, hooks) = interceptor.start(call).await?;
        Ok((Some(provided), Some(hooks)))
    }

    async fn around<R: Rest>(&self, call: &Call, provided: &Self::Provides, rest: R) -> Result<(), Status> {
        match (self, provided) {
            (Some(interceptor), Some(provided)) => interceptor.around(call, provided, rest).await,
            _ => rest.await,
        }
    }
}

use std::future::Future;
use std::sync::Arc;

use tonic::Status;

use super::guarded::GuardedRest;
use super::rest::{RestRef, UnguardedRest};
use crate::phase::{PhaseRange, User, range_of};
use crate::{Call, Method};

/// A step that runs before a handler, and may wrap it.
///
/// Most interceptors are an `async fn` with the attribute [`#[interceptor]`](macro@crate::interceptor). To act on each
/// message, implement this trait by hand and return [`Hooks`](crate::Hooks) from `start`:
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
/// `start` and `around` do not depend on the messages. They are compiled once for all methods, and do the same on a
/// service, in a layer and on a client. `start` runs before the message is read.
#[must_use = "an interceptor does nothing unless it stands in a chain"]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an interceptor",
    label = "not an interceptor",
    note = "`#[interceptor]` on an `async fn` makes one; write a call of it, such as `authenticate()`, or implement `Interceptor` for your type"
)]
pub trait Interceptor: Send + Sync {
    /// The type of the value that this interceptor provides. A list binds it to a name, as in `caller = authenticate()`.
    type Provides: Send + Sync;
    /// The type of the hooks, which see the messages and the end of the call. `()` does nothing.
    ///
    /// It is `'static`, because the hooks of a client stream may move to another task.
    type Hooks: Send + 'static;

    /// The phases of the interceptor, for tuples. `#[interceptor(phase = ...)]` on the impl sets it.
    #[doc(hidden)]
    const VESTIBULE_PHASES: PhaseRange = range_of::<User>();

    /// Starts the call. An error rejects it: no inner interceptor and no handler runs.
    ///
    /// See [`Interceptor`](trait@Interceptor) for an example.
    ///
    /// # Errors
    ///
    /// Returns the status for the client if the call is rejected.
    fn start(
        &self,
        call: &Call,
    ) -> impl Future<Output = Result<(Self::Provides, Self::Hooks), Status>> + Send;

    /// Wraps `rest`, the inner interceptors and the handler. By default it returns `rest`.
    ///
    /// The outer interceptors see the result of this method as the result of the call.
    ///
    /// # Errors
    ///
    /// Returns the error of `rest`, or another status that replaces it.
    ///
    /// ```
    /// use vestibule::{Call, Interceptor, Rest, Status};
    ///
    /// struct LogErrors;
    ///
    /// impl Interceptor for LogErrors {
    ///     type Provides = ();
    ///     type Hooks = ();
    ///
    ///     async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
    ///         Ok(((), ()))
    ///     }
    ///
    ///     async fn around<R: Rest>(&self, call: &Call, _provided: &(), rest: R) -> Result<(), Status> {
    ///         let result = rest.await;
    ///         if let Err(status) = &result {
    ///             println!("{}: {status}", call.method().path());
    ///         }
    ///         result
    ///     }
    /// }
    /// ```
    fn around<R: Rest>(
        &self,
        call: &Call,
        provided: &Self::Provides,
        rest: R,
    ) -> impl Future<Output = Result<(), Status>> + Send {
        let _ = (call, provided);
        rest
    }

    /// Calls `start`. The chain calls this method, and never `start` itself.
    ///
    /// An interceptor that starts in its level overrides it: see `chain/provided_later.rs`.
    #[doc(hidden)]
    #[inline]
    fn vestibule_begin(
        &self,
        call: &Call,
    ) -> impl Future<Output = Result<(Self::Provides, Self::Hooks), Status>> + Send {
        self.start(call)
    }

    /// Calls `around` with a guarded rest. The chain calls this method, and never `around` itself.
    ///
    /// An interceptor function that does not wrap the call overrides it, because its rest needs no guard. An interceptor that
    /// starts in its level overrides it as well. `M` has the messages of the method, for the chain of a list.
    #[doc(hidden)]
    #[inline]
    fn vestibule_guard<'a, M: Method>(
        &'a self,
        call: &'a Call,
        provided: &'a Self::Provides,
        rest: RestRef<'a>,
    ) -> impl Future<Output = Result<(), Status>> + Send {
        self.around(call, provided, GuardedRest::new(call, rest))
    }
}

/// The rest of a call: a future that runs the inner interceptors and the handler.
///
/// It returns the result of the call: `Ok`, or the status of the failure. If it is dropped before its end, the call ends at
/// once. Then there is no response, so an interceptor that drops it must return an error.
///
/// Every `Send` future with this output implements the trait, and no other type can.
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

/// Implements `Interceptor` for a pointer to an interceptor.
macro_rules! impl_for_pointers {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<I: Interceptor> Interceptor for $type {
            type Provides = I::Provides;
            type Hooks = I::Hooks;

            const VESTIBULE_PHASES: PhaseRange = I::VESTIBULE_PHASES;

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
            fn vestibule_begin(
                &self,
                call: &Call,
            ) -> impl Future<Output = Result<(Self::Provides, Self::Hooks), Status>> + Send {
                I::vestibule_begin(self, call)
            }

            #[inline]
            fn vestibule_guard<'a, M: Method>(
                &'a self,
                call: &'a Call,
                provided: &'a Self::Provides,
                rest: RestRef<'a>,
            ) -> impl Future<Output = Result<(), Status>> + Send {
                I::vestibule_guard::<M>(self, call, provided, rest)
            }
        }
    )*};
}

impl_for_pointers!(&I, Arc<I>, Box<I>);

/// Runs the interceptor if there is one. `None` accepts every call and provides `None`.
#[diagnostic::do_not_recommend]
impl<I: Interceptor> Interceptor for Option<I> {
    type Provides = Option<I::Provides>;
    type Hooks = Option<I::Hooks>;

    const VESTIBULE_PHASES: PhaseRange = I::VESTIBULE_PHASES;

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

    async fn vestibule_begin(&self, call: &Call) -> Result<(Self::Provides, Self::Hooks), Status> {
        let Some(interceptor) = self else { return Ok((None, None)) };
        let (provided, hooks) = interceptor.vestibule_begin(call).await?;
        Ok((Some(provided), Some(hooks)))
    }

    async fn vestibule_guard<'a, M: Method>(
        &'a self,
        call: &'a Call,
        provided: &'a Self::Provides,
        rest: RestRef<'a>,
    ) -> Result<(), Status> {
        match (self, provided) {
            (Some(interceptor), Some(provided)) => {
                interceptor.vestibule_guard::<M>(call, provided, rest).await
            }
            _ => UnguardedRest::new(rest).await,
        }
    }
}

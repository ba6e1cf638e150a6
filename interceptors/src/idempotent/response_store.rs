use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::store::BoxError;

/// A place where several servers remember their calls together.
///
/// `RedisResponses` of the feature `redis` is such a place. An [`Idempotent`](super::Idempotent) uses one with
/// [`shared`](super::Idempotent::shared).
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
/// use std::time::{Duration, Instant};
/// use vestibule_interceptors::{BoxError, CallLease, CallState, Idempotent, OnFailure, ResponseStore};
///
/// /// A call, the time until which it is kept, and its response.
/// type Record = (CallLease, Instant, Option<Vec<u8>>);
///
/// /// Remembers calls in memory.
/// #[derive(Default)]
/// struct InMemory(Mutex<HashMap<[u8; 32], Record>>);
///
/// impl ResponseStore for InMemory {
///     async fn begin(&self, call: &CallLease, run_for: Duration) -> Result<CallState, BoxError> {
///         let (mut records, now) = (self.0.lock().unwrap(), Instant::now());
///         let new: Record = (*call, now + run_for, None);
///         let (first, until, response) = records.entry(call.key).or_insert_with(|| new.clone());
///         if *until <= now {
///             records.insert(call.key, new);
///             return Ok(CallState::Begun);
///         }
///         Ok(match response {
///             _ if first.fingerprint != call.fingerprint => CallState::OtherMessage,
///             Some(response) => CallState::Ended(response.clone()),
///             None if first.token == call.token => CallState::Begun,
///             None => CallState::Running,
///         })
///     }
///
///     async fn end(&self, call: &CallLease, response: &[u8], keep_for: Duration) -> Result<bool, BoxError> {
///         let (mut records, now) = (self.0.lock().unwrap(), Instant::now());
///         let new = (*call, now + keep_for, Some(response.to_vec()));
///         let record = records.entry(call.key).or_insert_with(|| new.clone());
///         let is_ours = record.0.token == call.token || record.1 <= now;
///         if is_ours {
///             *record = new;
///         }
///         Ok(is_ours)
///     }
///
///     async fn forget(&self, call: &CallLease) -> Result<(), BoxError> {
///         let mut records = self.0.lock().unwrap();
///         if records.get(&call.key).is_some_and(|record| record.0.token == call.token) {
///             records.remove(&call.key);
///         }
///         Ok(())
///     }
/// }
///
/// let idempotent = Idempotent::new().shared(InMemory::default(), OnFailure::Refuse);
/// ```
///
/// A future is dropped if it takes too long, so a method may be called again with the same token.
pub trait ResponseStore: Send + Sync + 'static {
    /// Begins a call, or says what became of the same call.
    ///
    /// A call that has begun is kept for `run_for`, and belongs to the token. After that time, the next call begins.
    fn begin(
        &self,
        call: &CallLease,
        run_for: Duration,
    ) -> impl Future<Output = Result<CallState, BoxError>> + Send;

    /// Keeps the response of a call for this time. Returns false, and changes nothing, if the call belongs to another token.
    ///
    /// A call that the store does not know any more is kept as well, because its work is done.
    fn end(
        &self,
        call: &CallLease,
        response: &[u8],
        keep_for: Duration,
    ) -> impl Future<Output = Result<bool, BoxError>> + Send;

    /// Forgets a call, unless it belongs to another token. The next call begins.
    fn forget(&self, call: &CallLease) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// A call in a [`ResponseStore`]. The example of the trait reads one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CallLease {
    /// The SHA-256 of the caller, the path of the method and the id.
    pub key: [u8; 32],
    /// The SHA-256 of the message.
    pub fingerprint: [u8; 32],
    /// A random number of this attempt to run the call.
    pub token: [u8; 16],
}

/// The state of a call in a [`ResponseStore`]. The example of the trait returns all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallState {
    /// The call belongs to the token now.
    Begun,
    /// The same call has begun with another token.
    Running,
    /// The same call has ended with this response.
    Ended(Vec<u8>),
    /// Another message had the same key.
    OtherMessage,
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send + 'a>>;

/// [`ResponseStore`] without a type of its own for each store.
pub(super) trait AnyStore: Send + Sync {
    fn begin<'a>(&'a self, call: &'a CallLease, run_for: Duration) -> BoxFuture<'a, CallState>;
    fn end<'a>(&'a self, call: &'a CallLease, response: &'a [u8], keep_for: Duration) -> BoxFuture<'a, bool>;
    fn forget<'a>(&'a self, call: &'a CallLease) -> BoxFuture<'a, ()>;
}

impl<S: ResponseStore> AnyStore for S {
    fn begin<'a>(&'a self, call: &'a CallLease, run_for: Duration) -> BoxFuture<'a, CallState> {
        Box::pin(ResponseStore::begin(self, call, run_for))
    }

    fn end<'a>(&'a self, call: &'a CallLease, response: &'a [u8], keep_for: Duration) -> BoxFuture<'a, bool> {
        Box::pin(ResponseStore::end(self, call, response, keep_for))
    }

    fn forget<'a>(&'a self, call: &'a CallLease) -> BoxFuture<'a, ()> {
        Box::pin(ResponseStore::forget(self, call))
    }
}

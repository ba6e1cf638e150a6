//! A repeated call is answered with the response of the first one.

mod answer;
mod encoded;
mod key;
mod memory;
#[cfg(feature = "redis")]
mod redis_responses;
mod refusal;
mod response_store;
mod running;
mod settings;
mod shared;
mod table;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prost::Message;
use tonic::{Response, Status};
use vestibule::Call;

#[cfg(feature = "redis")]
pub use self::redis_responses::RedisResponses;
pub use self::response_store::{CallLease, CallState, ResponseStore};

use self::memory::Memory;
use self::running::{Running, cut_off};
use self::settings::{Limits, Settings};
use self::shared::{Shared, SharedCall};
use self::table::Decision;
use crate::store::OnFailure;

#[doc = include_str!("../docs/idempotent.md")]
#[derive(Clone)]
pub struct Idempotent {
    memory: Memory,
}

impl Idempotent {
    /// Remembers up to 10,000 calls and 16 MiB of responses, each for an hour. The example of [`Idempotent`] calls it.
    #[must_use]
    pub fn new() -> Self {
        let keep_for = Duration::from_secs(3600);
        let settings = Settings {
            limits: Limits { calls: 10_000, bytes: 16 << 20, keep_for, has_store: false },
            run_for: Duration::from_secs(60),
            retry_after: Duration::from_secs(1),
            store_timeout: Duration::from_millis(500),
        };
        Self { memory: Memory::new(settings) }
    }

    /// Sets how many calls may run or be remembered. A new call above the number ends with `RESOURCE_EXHAUSTED`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use vestibule_interceptors::Idempotent;
    ///
    /// let idempotent = Idempotent::new()
    ///     .max_calls(100_000)
    ///     .max_bytes(64 << 20)
    ///     .keep_for(Duration::from_secs(24 * 3600))
    ///     .run_for(Duration::from_secs(10))
    ///     .retry_after(Duration::from_millis(200));
    /// # _ = idempotent;
    /// ```
    #[must_use]
    pub fn max_calls(mut self, calls: usize) -> Self {
        self.memory.settings.limits.calls = calls;
        self
    }

    /// Sets how many bytes of responses are remembered. [`max_calls`](Self::max_calls) has an example.
    ///
    /// A response without room is not kept. The repeated call ends with `FAILED_PRECONDITION` then, and does not run.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.memory.settings.limits.bytes = bytes;
        self
    }

    /// Sets how long a call is remembered after its end. [`max_calls`](Self::max_calls) has an example.
    #[must_use]
    pub fn keep_for(mut self, time: Duration) -> Self {
        self.memory.settings.limits.keep_for = time;
        self
    }

    /// Sets how long a handler may run. The default is a minute. [`max_calls`](Self::max_calls) has an example.
    ///
    /// The deadline of the client does not end the handler, so this bound does.
    #[must_use]
    pub fn run_for(mut self, time: Duration) -> Self {
        self.memory.settings.run_for = time;
        self
    }

    /// Sets the delay that a repeated call is told while the first one runs, in milliseconds. The default is a second.
    /// [`max_calls`](Self::max_calls) has an example.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.memory.settings.retry_after = delay;
        self
    }

    /// Shares the calls with all servers that use the same store. `on_failure` says what happens to a call about which the
    /// store does not answer in time.
    ///
    /// This process remembers its calls as well, as far as it has room, and asks the store about the others. The example of
    /// [`ResponseStore`] calls it.
    #[must_use]
    pub fn shared(mut self, store: impl ResponseStore, on_failure: OnFailure) -> Self {
        self.memory.shared = Some(Arc::new(Shared::new(store, on_failure)));
        self.memory.settings.limits.has_store = true;
        self
    }

    /// Sets how long a call waits for an answer of the store. The default is 500 milliseconds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use vestibule_interceptors::{Idempotent, OnFailure, ResponseStore};
    ///
    /// fn orders(store: impl ResponseStore) -> Idempotent {
    ///     Idempotent::new().shared(store, OnFailure::Refuse).store_timeout(Duration::from_secs(2))
    /// }
    /// ```
    #[must_use]
    pub fn store_timeout(mut self, timeout: Duration) -> Self {
        self.memory.settings.store_timeout = timeout;
        self
    }

    /// Runs `handler` if nobody has made this call before, and returns the response of the first call otherwise.
    ///
    /// The page of [`Idempotent`] has an example, and says what each parameter is.
    ///
    /// # Errors
    ///
    /// Returns the status of the handler, or one of the statuses that the page of [`Idempotent`] lists.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime, and if the handler panics. A chain turns the second one into INTERNAL.
    pub async fn respond<Req, Res>(
        &self,
        call: &Call,
        caller: &str,
        id: &str,
        request: &Req,
        handler: impl Future<Output = Result<Response<Res>, Status>> + Send + 'static,
    ) -> Result<Response<Res>, Status>
    where
        Req: Message,
        Res: Message + Default + 'static,
    {
        if id.is_empty() {
            return handler.await;
        }
        let path = call.method().path();
        let (key, fingerprint) = (key::key(caller, path, id), key::fingerprint(request));
        let (memory, settings) = (&self.memory, self.memory.settings);
        let place = match memory.begin(key, fingerprint) {
            Decision::Run => Some(key),
            // The store has room.
            Decision::Full { .. } if memory.shared.is_some() => None,
            decision => return refusal::result(&decision, &settings),
        };
        let shared = memory.shared.as_ref();
        let shared = shared.map(|shared| SharedCall::new(shared, key, fingerprint, settings, path));
        let listener = Arc::new(());
        let running = Running::new(memory.clone(), place, shared, path, &listener);
        match tokio::spawn(running.run(handler)).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(cut_off()),
        }
    }
}

impl Default for Idempotent {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Idempotent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.memory.fmt(f)
    }
}

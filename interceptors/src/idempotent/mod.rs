//! A repeated call is answered with the response of the first one.

mod answer;
mod key;
mod running;
mod settings;
mod table;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prost::Message;
use tokio::time::Instant;
use tonic::{Code, Response, Status};
use vestibule::Call;
use vestibule::details::{ErrorDetails, StatusExt};

use self::running::{Running, cut_off};
use self::settings::{Limits, Settings};
use self::table::{Decision, Table};

#[doc = include_str!("../docs/idempotent.md")]
#[derive(Clone)]
pub struct Idempotent {
    table: Arc<Mutex<Table>>,
    settings: Settings,
}

impl Idempotent {
    /// Remembers up to 10,000 calls and 16 MiB of responses, each for an hour. The example of [`Idempotent`] calls it.
    #[must_use]
    pub fn new() -> Self {
        let limits = Limits { calls: 10_000, bytes: 16 << 20, keep_for: Duration::from_secs(3600) };
        let (run_for, retry_after) = (Duration::from_secs(60), Duration::from_secs(1));
        let settings = Settings { limits, run_for, retry_after };
        Self { table: Arc::new(Mutex::new(Table::new())), settings }
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
        self.settings.limits.calls = calls;
        self
    }

    /// Sets how many bytes of responses are remembered. [`max_calls`](Self::max_calls) has an example.
    ///
    /// A response without room is not kept. The repeated call ends with `FAILED_PRECONDITION` then, and does not run.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.settings.limits.bytes = bytes;
        self
    }

    /// Sets how long a call is remembered after its end. [`max_calls`](Self::max_calls) has an example.
    #[must_use]
    pub fn keep_for(mut self, time: Duration) -> Self {
        self.settings.limits.keep_for = time;
        self
    }

    /// Sets how long a handler may run. The default is a minute. [`max_calls`](Self::max_calls) has an example.
    ///
    /// The deadline of the client does not end the handler, so this bound does.
    #[must_use]
    pub fn run_for(mut self, time: Duration) -> Self {
        self.settings.run_for = time;
        self
    }

    /// Sets the delay that a repeated call is told while the first one runs, in milliseconds. The default is a second.
    /// [`max_calls`](Self::max_calls) has an example.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.settings.retry_after = delay;
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
        let key = key::key(caller, path, id);
        match self.begin(key, key::fingerprint(request)) {
            Decision::Run => {}
            Decision::Answer(answer) => return answer.to_result(),
            other => return Err(self.refusal(&other)),
        }
        let listener = Arc::new(());
        let running = Running::new(Arc::clone(&self.table), self.settings, key, path, &listener);
        match tokio::spawn(running.run(handler)).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(cut_off()),
        }
    }

    fn begin(&self, key: key::Hash, fingerprint: key::Hash) -> Decision {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.begin(self.settings.limits, Instant::now(), key, fingerprint)
    }

    /// Returns the status of a call that is neither run nor answered.
    fn refusal(&self, decision: &Decision) -> Status {
        let (code, text) = match decision {
            Decision::OtherMessage => {
                return Status::invalid_argument("the id was used for a call with another message");
            }
            Decision::Full { is_first } => {
                if *is_first {
                    let calls = self.settings.limits.calls;
                    tracing::warn!(target: "vestibule", calls, "no further idempotent call can be remembered");
                }
                (Code::ResourceExhausted, "too many calls are remembered")
            }
            _ => (Code::Aborted, "the same call is still running"),
        };
        // The metadata is for gRPC's clients, which wait so long by themselves, and the detail is for programs.
        let millis =
            i32::try_from(self.settings.retry_after.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX);
        let delay = Duration::from_millis(millis.unsigned_abs().into());
        let details = ErrorDetails::with_retry_info(Some(delay));
        let mut status = Status::with_error_details(code, text, details);
        status.metadata_mut().insert("grpc-retry-pushback-ms", millis.into());
        status
    }
}

impl Default for Idempotent {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Idempotent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (calls, bytes) = self.table.lock().unwrap_or_else(PoisonError::into_inner).size();
        let mut debug = f.debug_struct("Idempotent");
        debug.field("calls", &calls).field("bytes", &bytes).field("settings", &self.settings).finish()
    }
}

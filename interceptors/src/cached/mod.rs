//! A response is used again for other calls.

mod table;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prost::Message;
use tokio::time::Instant;
use tonic::{Extensions, Response, Status};
use vestibule::Call;

use self::table::{Kept, Limits, Table};

#[doc = include_str!("../docs/cached.md")]
#[derive(Clone)]
pub struct Cached {
    table: Arc<Mutex<Table>>,
    limits: Limits,
}

impl Cached {
    /// Keeps each response for this time, and up to 10,000 responses and 16 MiB. The example of [`Cached`] calls it.
    #[must_use]
    pub fn new(keep_for: Duration) -> Self {
        let limits = Limits { responses: 10_000, bytes: 16 << 20, keep_for };
        Self { table: Arc::new(Mutex::new(Table::new())), limits }
    }

    /// Sets how many responses are kept. A new one above the number takes the place of the oldest one.
    ///
    /// ```
    /// use std::time::Duration;
    /// use vestibule_interceptors::Cached;
    ///
    /// let cache = Cached::new(Duration::from_secs(5)).max_responses(100).max_bytes(1 << 20);
    /// # _ = cache;
    /// ```
    #[must_use]
    pub fn max_responses(mut self, responses: usize) -> Self {
        self.limits.responses = responses;
        self
    }

    /// Sets how many bytes the keys, metadata and messages may have together. [`max_responses`](Self::max_responses) has an
    /// example.
    ///
    /// A new response takes the place of the oldest ones. One that is larger than all of the room is not kept.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.limits.bytes = bytes;
        self
    }

    /// Returns the response that is kept for the method and the key, or runs `handler` and keeps its response.
    ///
    /// The page of [`Cached`] has an example, and says what each parameter is.
    ///
    /// # Errors
    ///
    /// Returns the status of the handler.
    pub async fn respond<Res: Message + Default>(
        &self,
        call: &Call,
        key: &str,
        handler: impl Future<Output = Result<Response<Res>, Status>>,
    ) -> Result<Response<Res>, Status> {
        // A path has no space, so no two pairs have the same text.
        let key = [call.method().path(), " ", key].concat();
        if let Some(kept) = self.table().find(Instant::now(), &key) {
            return response(&kept);
        }
        // The calls of a key wait here for the one that runs. If that one fails or is cut off, the next one runs.
        let waiting = Waiting { table: &self.table, turn: self.table().add_call(&key), key: &key };
        let _turn = waiting.turn.lock().await;
        if let Some(kept) = self.table().find(Instant::now(), &key) {
            return response(&kept);
        }
        let result = handler.await;
        if let Ok(response) = &result {
            let (metadata, message) = (response.metadata().clone(), response.get_ref().encode_to_vec());
            self.table().keep(self.limits, Instant::now(), &key, Kept { metadata, message });
        }
        result
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        locked(&self.table)
    }
}

/// A call that waits or runs. It leaves the table also if it is cut off.
struct Waiting<'a> {
    table: &'a Mutex<Table>,
    key: &'a str,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        locked(self.table).remove_call(self.key);
    }
}

fn locked(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

fn response<Res: Message + Default>(kept: &Kept) -> Result<Response<Res>, Status> {
    let message = Res::decode(kept.message.as_slice())
        .map_err(|_| Status::internal("the kept response can't be read"))?;
    Ok(Response::from_parts(kept.metadata.clone(), message, Extensions::new()))
}

impl fmt::Debug for Cached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (responses, bytes, running) = self.table().size();
        let mut debug = f.debug_struct("Cached");
        debug.field("responses", &responses).field("bytes", &bytes).field("running", &running);
        debug.field("limits", &self.limits).finish()
    }
}

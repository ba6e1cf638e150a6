//! The records on their way to the sink.

use std::io;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;

use super::AuditRecord;

/// The place to which an [`Audit`](super::Audit) writes its records, such as a file or a database.
///
/// ```
/// use std::io;
/// use vestibule_interceptors::{AuditRecord, AuditSink};
///
/// struct Stderr;
///
/// impl AuditSink for Stderr {
///     fn write(&mut self, record: AuditRecord) -> io::Result<()> {
///         eprintln!("{:?} called {}: {}", record.caller, record.method.path(), record.decision.as_str());
///         Ok(())
///     }
/// }
/// ```
///
/// [`JsonLines`](super::JsonLines) is a sink for files.
pub trait AuditSink: Send {
    /// Writes one record. It runs in a thread of its own, so it may block.
    ///
    /// # Errors
    ///
    /// Returns an error if the record could not be written. The error is logged, and the record counts as dropped.
    fn write(&mut self, record: AuditRecord) -> io::Result<()>;
}

/// What happens to a call for whose record there is no place.
///
/// The example of [`Audit`](super::Audit) chooses one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// The call waits until there is a place. A slow sink then makes the service slow, and a sink that hangs stops it.
    /// If the client goes away during the wait, nothing of the call has run, and it has no record.
    Block,
    /// The call runs without a record, and counts in [`Audit::dropped`](super::Audit::dropped).
    Drop,
    /// The call is rejected with UNAVAILABLE, before anything else has happened, and has no record.
    Refuse,
}

/// The queue. The thread that empties it ends when the queue is dropped and the sink has all records.
pub(super) struct Queue {
    places: Arc<Semaphore>,
    /// The number of all places.
    size: u32,
    sender: mpsc::Sender<(AuditRecord, OwnedSemaphorePermit)>,
    when_full: WhenFull,
    dropped: Arc<AtomicU64>,
}

/// A place in the queue for the record of a call.
pub(super) struct Place {
    permit: OwnedSemaphorePermit,
    queue: Arc<Queue>,
}

impl Queue {
    pub(super) fn start(sink: Box<dyn AuditSink>, records: NonZeroUsize, when_full: WhenFull) -> Self {
        let (sender, receiver) = mpsc::channel();
        let dropped = Arc::new(AtomicU64::new(0));
        let mut writer = Writer { sink, failed: 0, dropped: Arc::clone(&dropped) };
        let write_all = move || {
            for (record, permit) in receiver {
                writer.write(record);
                // The place is free once the sink has the record.
                drop(permit);
            }
        };
        let thread = thread::Builder::new().name("audit".to_owned()).spawn(write_all);
        thread.expect("the system can start a thread");
        // tokio counts the places that `shutdown` waits for as `u32`.
        let size = u32::try_from(records.get().min(Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        let places = Arc::new(Semaphore::new(size as usize));
        Self { places, size, sender, when_full, dropped }
    }

    /// Waits until all places are free, so that no call runs and the sink has each record.
    pub(super) async fn shutdown(&self, limit: Duration) -> io::Result<()> {
        match tokio::time::timeout(limit, self.places.acquire_many(self.size)).await {
            Ok(_all_places) => Ok(()),
            Err(_) => {
                Err(io::Error::new(io::ErrorKind::TimedOut, "the audit sink has not received all records"))
            }
        }
    }

    /// Returns a place for the record of a call that starts, or `None` if the call runs without a record.
    pub(super) async fn place(queue: &Arc<Self>) -> Result<Option<Place>, Status> {
        let places = Arc::clone(&queue.places);
        let permit = match (Arc::clone(&queue.places).try_acquire_owned(), queue.when_full) {
            (Ok(permit), _) => Some(permit),
            // The semaphore is never closed.
            (Err(_), WhenFull::Block) => places.acquire_owned().await.ok(),
            (Err(_), WhenFull::Drop) => None,
            (Err(_), WhenFull::Refuse) => return Err(Status::unavailable("the audit log is full")),
        };
        if permit.is_none() {
            count_dropped(&queue.dropped);
        }
        Ok(permit.map(|permit| Place { permit, queue: Arc::clone(queue) }))
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl Place {
    pub(super) fn send(self, record: AuditRecord) {
        let Self { permit, queue } = self;
        if queue.sender.send((record, permit)).is_err() {
            count_dropped(&queue.dropped);
        }
    }
}

/// The sink, in its thread.
struct Writer {
    sink: Box<dyn AuditSink>,
    /// The number of records that the sink could not write.
    failed: u64,
    dropped: Arc<AtomicU64>,
}

impl Writer {
    /// Passes a record to the sink. A sink that panics receives the next record all the same.
    fn write(&mut self, record: AuditRecord) {
        let written = catch_unwind(AssertUnwindSafe(|| self.sink.write(record)));
        let error = match written {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(_) => io::Error::other("the sink panicked"),
        };
        self.dropped.fetch_add(1, Ordering::Relaxed);
        self.failed += 1;
        // A sink that always fails does not fill the log.
        if self.failed.is_power_of_two() {
            let failed = self.failed;
            tracing::error!(target: "vestibule", failed, %error, "an audit record could not be written");
        }
    }
}

/// Counts a call without a record. It logs at powers of two, so that a full queue does not fill the log.
fn count_dropped(dropped: &AtomicU64) {
    let dropped = dropped.fetch_add(1, Ordering::Relaxed) + 1;
    if dropped.is_power_of_two() {
        tracing::warn!(target: "vestibule", dropped, "audit records are dropped");
    }
}

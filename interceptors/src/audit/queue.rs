//! The records on their way to the sink.

use std::io;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

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

/// The queue, and the thread that empties it.
pub(super) struct Queue {
    places: Arc<Semaphore>,
    /// `None` only while the queue is dropped.
    sender: Option<mpsc::Sender<(AuditRecord, OwnedSemaphorePermit)>>,
    thread: Option<JoinHandle<()>>,
    when_full: WhenFull,
    dropped: Arc<AtomicU64>,
}

/// A place in the queue for the record of a call.
pub(super) struct Place {
    permit: OwnedSemaphorePermit,
    queue: Arc<Queue>,
}

impl Queue {
    pub(super) fn start(mut sink: Box<dyn AuditSink>, records: NonZeroUsize, when_full: WhenFull) -> Self {
        let (sender, receiver) = mpsc::channel();
        let dropped = Arc::new(AtomicU64::new(0));
        let failed = Arc::clone(&dropped);
        let write_all = move || {
            for (record, permit) in receiver {
                write(sink.as_mut(), record, &failed);
                // The place is free once the sink has the record.
                drop(permit);
            }
        };
        let thread = thread::Builder::new().name("audit".to_owned()).spawn(write_all);
        let places = records.get().min(Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(places)),
            sender: Some(sender),
            thread: Some(thread.expect("the system can start a thread")),
            when_full,
            dropped,
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
        let is_sent = queue.sender.as_ref().is_some_and(|sender| sender.send((record, permit)).is_ok());
        if !is_sent {
            count_dropped(&queue.dropped);
        }
    }
}

/// Passes a record to the sink. A sink that panics receives the next record all the same.
fn write(sink: &mut dyn AuditSink, record: AuditRecord, dropped: &AtomicU64) {
    let written = catch_unwind(AssertUnwindSafe(|| sink.write(record)));
    let error = match written {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error,
        Err(_) => io::Error::other("the sink panicked"),
    };
    dropped.fetch_add(1, Ordering::Relaxed);
    tracing::error!(target: "vestibule", %error, "an audit record could not be written");
}

/// Counts a call without a record. It logs at powers of two, so that a full queue does not fill the log.
fn count_dropped(dropped: &AtomicU64) {
    let dropped = dropped.fetch_add(1, Ordering::Relaxed) + 1;
    if dropped.is_power_of_two() {
        tracing::warn!(target: "vestibule", dropped, "audit records are dropped");
    }
}

/// Waits until the sink has all records. Each call in flight has a share of the queue, so none of them is running.
impl Drop for Queue {
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take() {
            // The thread catches the panics of the sink, so that it does not panic itself.
            let _ = thread.join();
        }
    }
}

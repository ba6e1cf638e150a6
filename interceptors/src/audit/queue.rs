//! The records on their way to the sink.

use std::io;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, mpsc};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::sync::Notify;
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

/// What happens to a call that starts while the queue is full.
///
/// The example of [`Audit`](super::Audit) chooses one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// The call waits until the queue has room, for this time at most. Then it is rejected, as with [`Refuse`](Self::Refuse).
    /// A slow sink makes the service slow. If the client goes away during the wait, nothing of the call has run, and it has
    /// no record.
    ///
    /// The wait is in front of all that stands behind the audit. So a [`Deadline`](crate::Deadline) there does not end it.
    Block(Duration),
    /// The call runs. If the queue is still full when it ends, its record is dropped, and counts in
    /// [`Audit::dropped`](super::Audit::dropped).
    Drop,
    /// The call is rejected with UNAVAILABLE, before anything else has happened. It has no record, and counts in
    /// [`Audit::refused`](super::Audit::refused).
    Refuse,
}

/// The time for which the thread of the sink lets records gather.
const PAUSE: Duration = Duration::from_millis(10);

/// The queue. The thread that empties it ends when the queue is dropped and the sink has all records.
pub(super) struct Queue {
    sender: mpsc::Sender<AuditRecord>,
    writer: Thread,
    when_full: WhenFull,
    state: Arc<State>,
}

/// What the queue and the thread of its sink share.
struct State {
    /// The number of records that may wait before a call is not let in.
    size: usize,
    /// The records that the sink does not have yet. A record of a call counts from the end of the call.
    waiting: AtomicUsize,
    /// The calls whose record the sink does not have yet. A call counts from its start.
    unrecorded: AtomicUsize,
    /// Wakes one call that waits for room.
    has_room: Notify,
    /// Wakes all that wait until nothing is unrecorded.
    is_idle: Notify,
    dropped: AtomicU64,
    refused: AtomicU64,
}

/// A call that has started and will have a record. While it exists, the call counts as unrecorded.
pub(super) struct Unrecorded(Arc<Queue>);

impl Queue {
    pub(super) fn start(sink: Box<dyn AuditSink>, records: NonZeroUsize, when_full: WhenFull) -> Self {
        let (sender, receiver) = mpsc::channel();
        let state = Arc::new(State {
            size: records.get(),
            waiting: AtomicUsize::new(0),
            unrecorded: AtomicUsize::new(0),
            has_room: Notify::new(),
            is_idle: Notify::new(),
            dropped: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        });
        let mut writer = Writer { sink, failed: 0, state: Arc::clone(&state) };
        let write_all = move || {
            while let Ok(record) = receiver.recv() {
                writer.take(record);
                receiver.try_iter().for_each(|record| writer.take(record));
                writer.pause();
            }
        };
        let thread = thread::Builder::new().name("audit".to_owned()).spawn(write_all);
        let writer = thread.expect("the system can start a thread").thread().clone();
        Self { sender, writer, when_full, state }
    }

    /// Waits until no call runs and the sink has each record.
    pub(super) async fn shutdown(&self, limit: Duration) -> io::Result<()> {
        tokio::time::timeout(limit, self.state.idle()).await.map_err(|_| {
            io::Error::new(io::ErrorKind::TimedOut, "the audit sink has not received all records")
        })
    }

    /// Lets a call start, if there is room for more records.
    pub(super) async fn enter(queue: &Arc<Self>) -> Result<Unrecorded, Status> {
        let state = &queue.state;
        let has_room = match queue.when_full {
            WhenFull::Drop => true,
            _ if state.has_room() => true,
            WhenFull::Refuse => false,
            WhenFull::Block(limit) => tokio::time::timeout(limit, state.room()).await.is_ok(),
        };
        if !has_room {
            count(&state.refused, |refused| {
                tracing::warn!(target: "vestibule", refused, "calls are refused, because the audit log is full");
            });
            return Err(Status::unavailable("the audit log is full"));
        }
        state.unrecorded.fetch_add(1, SeqCst);
        Ok(Unrecorded(Arc::clone(queue)))
    }

    pub(super) fn dropped(&self) -> u64 {
        self.state.dropped.load(Relaxed)
    }

    pub(super) fn refused(&self) -> u64 {
        self.state.refused.load(Relaxed)
    }
}

impl Unrecorded {
    /// Sends the record of the call that has ended now.
    ///
    /// It never waits, because it runs where a call is dropped. If the call was let in by a check for room, its record is
    /// never lost: it may stand above the size of the queue.
    pub(super) fn send(self, record: AuditRecord) {
        let Queue { sender, writer, when_full, state } = &*self.0;
        let is_lost = *when_full == WhenFull::Drop && !state.has_room();
        // Both are counted before the thread of the sink can count them down.
        let waiting = state.waiting.fetch_add(1, SeqCst) + 1;
        state.unrecorded.fetch_add(1, SeqCst);
        if is_lost || sender.send(record).is_err() {
            state.waiting.fetch_sub(1, SeqCst);
            state.end_one();
            count(&state.dropped, |dropped| {
                tracing::warn!(target: "vestibule", dropped, "audit records are dropped");
            });
        } else if waiting == state.half() {
            writer.unpark();
        }
    }
}

impl Drop for Unrecorded {
    fn drop(&mut self) {
        self.0.state.end_one();
    }
}

impl State {
    fn half(&self) -> usize {
        self.size / 2
    }

    fn has_room(&self) -> bool {
        self.waiting.load(SeqCst) < self.size
    }

    /// Waits for room. Each call that finds some wakes the next one, so that not all of them wake for one place.
    async fn room(&self) {
        loop {
            self.has_room.notified().await;
            if self.has_room() {
                self.has_room.notify_one();
                return;
            }
        }
    }

    /// Waits until nothing is unrecorded.
    async fn idle(&self) {
        loop {
            let idle = self.is_idle.notified();
            if self.unrecorded.load(SeqCst) == 0 {
                return;
            }
            idle.await;
        }
    }

    fn end_one(&self) {
        if self.unrecorded.fetch_sub(1, SeqCst) == 1 {
            self.is_idle.notify_waiters();
        }
    }
}

/// The sink, in its thread.
struct Writer {
    sink: Box<dyn AuditSink>,
    /// The number of records that the sink could not write.
    failed: u64,
    state: Arc<State>,
}

impl Writer {
    /// Passes a record to the sink, and makes room for another one.
    fn take(&mut self, record: AuditRecord) {
        self.write(record);
        self.state.waiting.fetch_sub(1, SeqCst);
        self.state.has_room.notify_one();
        self.state.end_one();
    }

    /// Lets records gather, until they fill half of the queue. A send to a thread that waits for the next record is a call of
    /// the system, and so is each time that the thread waits.
    fn pause(&self) {
        if self.state.waiting.load(SeqCst) < self.state.half() {
            thread::park_timeout(PAUSE);
        }
    }

    /// Passes a record to the sink. A sink that panics receives the next record all the same.
    fn write(&mut self, record: AuditRecord) {
        let written = catch_unwind(AssertUnwindSafe(|| self.sink.write(record)));
        let error = match written {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(_) => io::Error::other("the sink panicked"),
        };
        self.state.dropped.fetch_add(1, Relaxed);
        self.failed += 1;
        // A sink that always fails does not fill the log.
        if self.failed.is_power_of_two() {
            let failed = self.failed;
            tracing::error!(target: "vestibule", failed, %error, "an audit record could not be written");
        }
    }
}

/// Counts one more, and logs the number at powers of two, so that a full queue does not fill the log.
fn count(counter: &AtomicU64, log: impl FnOnce(u64)) {
    let number = counter.fetch_add(1, Relaxed) + 1;
    if number.is_power_of_two() {
        log(number);
    }
}

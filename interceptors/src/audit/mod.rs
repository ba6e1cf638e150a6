mod call_audit;
mod entries;
mod json_lines;
mod queue;
mod record;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use tonic::Status;
use vestibule::{Call, Hooks, Interceptor, Method, Outcome, Stateful, interceptor};

pub use call_audit::CallAudit;
pub use entries::{AuditCaller, AuditSubject};
pub use json_lines::JsonLines;
pub use queue::{AuditSink, WhenFull};
pub use record::{AuditRecord, Decision};

use queue::Queue;

/// Records who called what, what was decided and how the call ended, in an [`AuditSink`].
///
/// Each call of every shape has one record, however it ends: also if authentication rejects it, if it panics, or if its
/// client goes away.
///
/// ```
/// use std::num::NonZeroUsize;
///
/// use vestibule_interceptors::{Audit, JsonLines, WhenFull};
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::{Status, interceptor};
/// # struct Caller { name: String }
/// # #[interceptor(phase = Authenticate)]
/// # async fn authenticate() -> Result<Caller, Status> { Ok(Caller { name: "ada".to_owned() }) }
///
/// struct Calculator {
///     audit: Audit,
/// }
///
/// #[interceptor(audit = &self.audit, caller = authenticate(), audit.caller(&caller.name))]
/// impl Calculatrice for Calculator {
///     #[interceptor(audit.subject(|request: &AdditionRequest| format!("sum of {}", request.nombre1)))]
///     async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
///
/// let records = NonZeroUsize::new(1024).unwrap();
/// let audit = Audit::new(JsonLines::new(std::io::stdout()), records, WhenFull::Refuse);
/// let calculator = Calculator { audit };
/// ```
///
/// # The queue
///
/// A thread of its own passes the records to the sink, in the order in which the calls end. A call is let in while fewer
/// records wait for the sink than the queue has places, and [`WhenFull`] says what happens to it otherwise. A call that runs
/// takes no place, so that streams that stay open for a day, or that no client reads, keep nobody out.
///
/// With [`Block`](WhenFull::Block) and [`Refuse`](WhenFull::Refuse), no call runs without a record. Calls that are let in and
/// end while the sink hangs have their records, too, above the places. So no more records wait than the queue has places and
/// the server has calls in flight. With [`Drop`](WhenFull::Drop), no more wait than the queue has places.
///
/// The thread lets records gather for 10 milliseconds, or until they fill half of the queue, because to wake it for each
/// record would cost more than the record. The records that wait are lost if the process is killed.
///
/// The thread ends some time after the last clone of the interceptor is dropped. The drop does not wait for it, because
/// the drop may run in a thread of tokio. So await [`shutdown`](Self::shutdown) at the end of `main`.
///
/// # What it reads and writes
///
/// | it | what |
/// | --- | --- |
/// | reads | the address of the peer, the current request id, and of a message what your function takes |
/// | writes | an [`AuditRecord`] for each call to the sink |
/// | logs | WARN `audit records are dropped`, with `dropped`; WARN `calls are refused, because the audit log is full`, with `refused`; ERROR `an audit record could not be written`, with `failed` and `error`; each at powers of two |
/// | counts | [`dropped`](Self::dropped), [`refused`](Self::refused) |
///
/// The record contains no metadata, no message, and no text of a status.
#[derive(Clone)]
pub struct Audit {
    queue: Arc<Queue>,
}

impl Audit {
    /// Passes records to `sink`, through a queue in which `records` of them may wait. The example of [`Audit`] calls it.
    ///
    /// # Panics
    ///
    /// Panics if the system cannot start a thread.
    #[must_use]
    pub fn new(sink: impl AuditSink + 'static, records: NonZeroUsize, when_full: WhenFull) -> Self {
        Self { queue: Arc::new(Queue::start(Box::new(sink), records, when_full)) }
    }

    /// Returns the number of calls that ran and have no record, because the queue was full or the sink has failed.
    ///
    /// ```
    /// # use std::num::NonZeroUsize;
    /// # use vestibule_interceptors::{Audit, JsonLines, WhenFull};
    /// let audit = Audit::new(JsonLines::new(std::io::sink()), NonZeroUsize::MIN, WhenFull::Drop);
    /// assert_eq!((audit.dropped(), audit.refused()), (0, 0));
    /// ```
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.queue.dropped()
    }

    /// Returns the number of calls that were rejected because the queue was full. None of them ran. The example of
    /// [`dropped`](Self::dropped) calls it.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.queue.refused()
    }

    /// Waits until all calls in flight have ended and the sink has their records, for `limit` at most.
    ///
    /// Await it after the server has stopped. Records that still wait when the process ends are lost. A call that starts
    /// during the wait is waited for, too.
    ///
    /// ```
    /// # use std::num::NonZeroUsize;
    /// # use std::time::Duration;
    /// # use vestibule_interceptors::{Audit, JsonLines, WhenFull};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let audit = Audit::new(JsonLines::new(std::io::stdout()), NonZeroUsize::MIN, WhenFull::Refuse);
    /// // The server runs with a clone of the audit, until it is stopped.
    /// audit.shutdown(Duration::from_secs(10)).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error of the kind [`TimedOut`](io::ErrorKind::TimedOut) if the limit is over before that. The sink goes
    /// on to receive records.
    pub async fn shutdown(&self, limit: Duration) -> io::Result<()> {
        self.queue.shutdown(limit).await
    }
}

impl Stateful for Audit {}

#[interceptor(phase = Observe)]
impl Interceptor for Audit {
    type Provides = CallAudit;
    type Hooks = AuditHooks;

    async fn start(&self, call: &Call) -> Result<(CallAudit, AuditHooks), Status> {
        let audit = CallAudit::of(call, Queue::enter(&self.queue).await?);
        let hooks = AuditHooks { audit: audit.clone(), has_responded: false };
        Ok((audit, hooks))
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit")
            .field("dropped", &self.dropped())
            .field("refused", &self.refused())
            .finish_non_exhaustive()
    }
}

/// The hooks of [`Audit`].
#[derive(Debug)]
pub struct AuditHooks {
    audit: CallAudit,
    has_responded: bool,
}

impl<M: Method> Hooks<M> for AuditHooks {
    fn on_response(&mut self, _message: &mut M::Response) -> Result<(), Status> {
        self.has_responded = true;
        Ok(())
    }

    fn on_finish(&mut self, outcome: &Outcome) {
        self.audit.finish(outcome, self.has_responded);
    }
}

mod call_audit;
mod entries;
mod json_lines;
mod queue;
mod record;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

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
/// A thread of its own passes the records to the sink, in the order in which the calls end. A call takes its place in the
/// queue when it starts, so that no call can end without a record. The number of places therefore limits the calls in
/// flight and the records that wait, together. [`WhenFull`] says what happens to a call for which there is no place.
///
/// When the last clone of the interceptor is dropped, it waits until the sink has received all records.
///
/// # What it reads and writes
///
/// | it | what |
/// | --- | --- |
/// | reads | the address of the peer, the current request id, and of a message what your function takes |
/// | writes | an [`AuditRecord`] for each call to the sink |
/// | logs | WARN `audit records are dropped`, with `dropped`; ERROR `an audit record could not be written`, with `error` |
/// | counts | [`dropped`](Self::dropped) |
///
/// The record contains no metadata, no message, and no text of a status.
#[derive(Clone)]
pub struct Audit {
    queue: Arc<Queue>,
}

impl Audit {
    /// Passes records to `sink`, through a queue with `records` places. The example of [`Audit`] calls it.
    ///
    /// # Panics
    ///
    /// Panics if the system cannot start a thread.
    #[must_use]
    pub fn new(sink: impl AuditSink + 'static, records: NonZeroUsize, when_full: WhenFull) -> Self {
        Self { queue: Arc::new(Queue::start(Box::new(sink), records, when_full)) }
    }

    /// Returns the number of calls that have no record, because there was no place for it or the sink has failed.
    ///
    /// ```
    /// # use std::num::NonZeroUsize;
    /// # use vestibule_interceptors::{Audit, JsonLines, WhenFull};
    /// let audit = Audit::new(JsonLines::new(std::io::sink()), NonZeroUsize::MIN, WhenFull::Drop);
    /// assert_eq!(audit.dropped(), 0);
    /// ```
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.queue.dropped()
    }
}

impl Stateful for Audit {}

#[interceptor(phase = Observe)]
impl Interceptor for Audit {
    type Provides = CallAudit;
    type Hooks = AuditHooks;

    async fn start(&self, call: &Call) -> Result<(CallAudit, AuditHooks), Status> {
        let audit = match Queue::place(&self.queue).await? {
            Some(place) => CallAudit::of(call, place),
            None => CallAudit::disabled(),
        };
        let hooks = AuditHooks { audit: audit.clone(), has_responded: false };
        Ok((audit, hooks))
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").field("dropped", &self.dropped()).finish_non_exhaustive()
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

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;
use vestibule::{Call, Interceptor, Stateful};

/// Limits concurrent calls. Further ones are UNAVAILABLE, at once or after a wait.
///
/// A call counts until it has ended, a stream until its last message or until its client has gone.
/// Clones count together. It is [`Stateful`], so keep one in the service, and refer to it in the list:
///
/// ```
/// use std::time::Duration;
/// use vestibule_interceptors::InFlight;
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::{Status, interceptor};
///
/// struct Calculator {
///     in_flight: InFlight,
/// }
///
/// #[interceptor(&self.in_flight)]
/// impl Calculatrice for Calculator {
///     // ...
/// #   async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
/// }
///
/// let at_once = Calculator { in_flight: InFlight::new(100) };
/// let after_a_wait = Calculator { in_flight: InFlight::new(100).wait(Duration::from_millis(50)) };
/// ```
#[derive(Clone)]
pub struct InFlight {
    slots: Arc<Semaphore>,
    wait: Duration,
}

/// What [`InFlight`] provides: the place of a call among those in flight.
///
/// It is held for the whole call, and there is nothing to do with it.
#[derive(Debug)]
pub struct Permit {
    _slot: OwnedSemaphorePermit,
}

impl InFlight {
    /// At most `calls` at a time.
    ///
    /// # Panics
    ///
    /// If `calls` is more than [`Semaphore::MAX_PERMITS`], some 10¹⁸ on 64-bit systems.
    #[must_use]
    pub fn new(calls: usize) -> Self {
        Self { slots: Arc::new(Semaphore::new(calls)), wait: Duration::ZERO }
    }

    /// Lets a call wait for so long before it is refused. Those that wait get in by their order.
    ///
    /// Behind a [`Mount`](vestibule::Mount) and a [`layer`](vestibule::layer()), what clients send meanwhile is taken in, 4 MiB of each
    /// call unless configured. [Mounts](vestibule::guide::mounts#while-a-start-waits) tells how to bound that. In tonic's own
    /// server a client stream is not read meanwhile, and holds up others of its connection.
    #[must_use]
    pub fn wait(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }

    async fn slot(&self) -> Option<OwnedSemaphorePermit> {
        if self.wait.is_zero() {
            return Arc::clone(&self.slots).try_acquire_owned().ok();
        }
        let slot = Arc::clone(&self.slots).acquire_owned();
        tokio::time::timeout(self.wait, slot).await.ok()?.ok()
    }
}

impl Stateful for InFlight {}

impl Interceptor for InFlight {
    type Provides = Permit;
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<(Permit, ()), Status> {
        match self.slot().await {
            Some(slot) => Ok((Permit { _slot: slot }, ())),
            None => Err(Status::unavailable("too many calls in flight")),
        }
    }
}

impl fmt::Debug for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let free = self.slots.available_permits();
        f.debug_struct("InFlight").field("free", &free).field("wait", &self.wait).finish()
    }
}

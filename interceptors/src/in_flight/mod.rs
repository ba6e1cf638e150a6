mod adaptive;
mod aimd;
mod median;

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;
use vestibule::{Call, Interceptor, Stateful, interceptor};

pub use adaptive::{AdaptiveInFlight, Criticality};

/// Limits concurrent calls. A call above the limit ends with UNAVAILABLE, at once or after a wait.
///
/// If you do not know the limit, use [`AdaptiveInFlight`], which finds it.
///
/// A call counts until it has ended. A stream ends with its last message, or when its client disconnects.
///
/// Clones share one limit. The type is [`Stateful`], so keep a value in the service, and write a reference to it in
/// the list:
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
/// let calculator = Calculator { in_flight: InFlight::new(100).wait(Duration::from_millis(50)) };
/// ```
#[derive(Clone)]
pub struct InFlight {
    semaphore: Arc<Semaphore>,
    wait: Duration,
}

/// The permit of a call that [`InFlight`] has accepted. The chain holds the permit until the call ends, and then
/// drops it.
///
/// The permit has no methods and no example, because a handler does not need it.
#[derive(Debug)]
pub struct Permit {
    _permit: OwnedSemaphorePermit,
}

impl InFlight {
    /// Allows `calls` calls at the same time. The example of [`InFlight`] calls it.
    ///
    /// # Panics
    ///
    /// Panics if `calls` is more than [`Semaphore::MAX_PERMITS`], which is about 2 · 10¹⁸ on 64-bit systems.
    #[must_use]
    pub fn new(calls: usize) -> Self {
        Self { semaphore: Arc::new(Semaphore::new(calls)), wait: Duration::ZERO }
    }

    /// Finds the limit itself, in this range. This is [`AdaptiveInFlight::new`].
    ///
    /// ```
    /// use vestibule_interceptors::InFlight;
    ///
    /// let in_flight = InFlight::adaptive(10..=1000);
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the range is empty, or begins with zero.
    #[must_use]
    pub fn adaptive(calls: RangeInclusive<usize>) -> AdaptiveInFlight {
        AdaptiveInFlight::new(calls)
    }

    /// Lets a call above the limit wait for up to `wait` before it is rejected. The default is zero. Calls that
    /// wait are admitted in the order of their arrival. The example of [`InFlight`] calls it.
    ///
    /// While a call waits, a [`Mount`](vestibule::Mount) and a [`layer`](vestibule::layer()) read ahead what its
    /// client sends, by default up to 4 MiB for each call. [Mounts] says how to limit these bytes. tonic's own server
    /// does not read a client stream during the wait, so other calls of the connection may have to wait too.
    ///
    /// [Mounts]: https://docs.rs/vestibule/latest/vestibule/guide/mounts/#while-a-start-waits
    #[must_use]
    pub fn wait(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }

    /// Returns a permit, or `None` if the call is to be rejected.
    async fn acquire(&self) -> Option<OwnedSemaphorePermit> {
        if self.wait.is_zero() {
            return Arc::clone(&self.semaphore).try_acquire_owned().ok();
        }
        let permit = Arc::clone(&self.semaphore).acquire_owned();
        tokio::time::timeout(self.wait, permit).await.ok()?.ok()
    }
}

impl Stateful for InFlight {}

#[interceptor(phase = Limit)]
impl Interceptor for InFlight {
    type Provides = Permit;
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<(Permit, ()), Status> {
        match self.acquire().await {
            Some(permit) => Ok((Permit { _permit: permit }, ())),
            None => Err(Status::unavailable("too many calls in flight")),
        }
    }
}

impl fmt::Debug for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let free = self.semaphore.available_permits();
        f.debug_struct("InFlight").field("free", &free).field("wait", &self.wait).finish()
    }
}

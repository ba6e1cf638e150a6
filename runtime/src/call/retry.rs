//! What a client does with a call that has failed.

use std::fmt;
use std::time::Duration;

use tonic::Code;

/// Decides for one call whether a [`client`](crate::client()) sends it again when it fails.
///
/// An interceptor makes one in its `start` and gives it to the call with [`Call::set_retry_policy`](crate::Call::set_retry_policy). The client asks it after
/// each failed attempt, as tower's `retry::Policy` is asked. The client itself does what [gRPC's retry design] asks of every
/// policy:
///
/// - It sends again only a call with a single message, and only before any part of a response has arrived.
/// - It tells the server the number of earlier attempts (`grpc-previous-rpc-attempts`).
/// - It does not wait beyond the deadline of the call.
///
/// `Retry` in the crate `vestibule-interceptors` is such an interceptor, with backoff, throttling and pushback.
///
/// ```
/// use std::time::Duration;
///
/// use vestibule::client::{ClientOnly, FailedAttempt, RetryPolicy};
/// use vestibule::{Call, Code, Interceptor, Status};
///
/// /// Sends a call once more if its server was unavailable.
/// struct Once;
///
/// struct Left(u8);
///
/// impl RetryPolicy for Left {
///     fn retry_after(&mut self, failed: &FailedAttempt) -> Option<Duration> {
///         self.0 = self.0.checked_sub(1)?;
///         (failed.code == Code::Unavailable).then_some(Duration::from_millis(100))
///     }
///
///     fn max_message_size(&self) -> usize {
///         64 << 10
///     }
/// }
///
/// impl Interceptor for Once {
///     type Provides = ();
///     type Hooks = ClientOnly;
///
///     async fn start(&self, call: &Call) -> Result<((), ClientOnly), Status> {
///         call.set_retry_policy(Left(1));
///         Ok(((), ClientOnly))
///     }
/// }
/// ```
///
/// [gRPC's retry design]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md
pub trait RetryPolicy: Send {
    /// Returns the time to wait before the next attempt, or `None` if the call ends with this failure.
    fn retry_after(&mut self, failed: &FailedAttempt) -> Option<Duration>;

    /// Returns the size in bytes up to which a message is kept for another attempt. A call with a larger message is sent
    /// once.
    fn max_message_size(&self) -> usize;

    /// Is called when the call ends with OK.
    fn on_success(&mut self) {}
}

/// An attempt of a call that has failed.
///
/// ```
/// use vestibule::Code;
/// use vestibule::client::FailedAttempt;
///
/// // As in a test of a policy.
/// let mut failed = FailedAttempt::new(Code::Unavailable);
/// failed.was_sent = false;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// The code of its status.
    pub code: Code,
    /// False if the request never left this process, because there was no connection to be had.
    pub was_sent: bool,
    /// The answer of the server to the question of another attempt, if it gave one.
    pub pushback: Option<Pushback>,
    /// The time since the first attempt of the call began.
    pub elapsed: Duration,
}

impl FailedAttempt {
    /// Makes one that was sent, without pushback, of a call that has just begun.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, was_sent: true, pushback: None, elapsed: Duration::ZERO }
    }
}

/// The answer of a server to the question of another attempt: `grpc-retry-pushback-ms`.
///
/// ```
/// use std::time::Duration;
///
/// use vestibule::client::{FailedAttempt, Pushback};
///
/// fn wait(failed: &FailedAttempt) -> Option<Duration> {
///     match failed.pushback {
///         Some(Pushback::Never) => None,
///         Some(Pushback::After(wait)) => Some(wait),
///         None => Some(Duration::from_millis(100)),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushback {
    /// The server asks for an attempt after this time.
    After(Duration),
    /// The server asks for no other attempt, or its answer can't be read, which means the same.
    Never,
}

impl fmt::Debug for dyn RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RetryPolicy")
    }
}

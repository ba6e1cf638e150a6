//! The policy by which a client retries a failed call.

use std::fmt;
use std::time::Duration;

use tonic::Status;

/// Decides if a [`client`](crate::client()) retries one call.
///
/// An interceptor creates a policy in its `start`, and sets it with
/// [`Call::set_retry_policy`](crate::Call::set_retry_policy). After each failed attempt, the client calls
/// [`retry_after`](Self::retry_after). The client itself follows [gRPC's retry design], whatever the policy returns:
///
/// - It retries only calls with a single message, and only until the first part of a response has arrived.
/// - It sends the number of earlier attempts to the server (`grpc-previous-rpc-attempts`).
/// - It does not wait beyond the deadline of the call.
///
/// The interceptor `Retry` of the crate `vestibule-interceptors` sets a policy with backoff, throttling and pushback.
///
/// ```
/// use std::time::Duration;
///
/// use vestibule::client::{ClientOnly, FailedAttempt, RetryPolicy};
/// use vestibule::{Call, Code, Interceptor, Status};
///
/// /// Retries a call once if its server was unavailable.
/// struct RetryOnce;
///
/// struct RetriesLeft(u8);
///
/// impl RetryPolicy for RetriesLeft {
///     fn retry_after(&mut self, failed: &FailedAttempt) -> Option<Duration> {
///         self.0 = self.0.checked_sub(1)?;
///         (failed.status.code() == Code::Unavailable).then_some(Duration::from_millis(100))
///     }
///
///     fn max_message_size(&self) -> usize {
///         64 << 10
///     }
/// }
///
/// impl Interceptor for RetryOnce {
///     type Provides = ();
///     type Hooks = ClientOnly;
///
///     async fn start(&self, call: &Call) -> Result<((), ClientOnly), Status> {
///         call.set_retry_policy(RetriesLeft(1));
///         Ok(((), ClientOnly))
///     }
/// }
/// ```
///
/// [gRPC's retry design]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md
pub trait RetryPolicy: Send {
    /// Returns the time to wait before the next attempt. If it returns `None`, the call ends with this failure.
    ///
    /// The client calls this method after each failed attempt. See [`RetryPolicy`] for an example.
    fn retry_after(&mut self, failed: &FailedAttempt) -> Option<Duration>;

    /// Returns the size in bytes up to which the client buffers a message for a retry.
    ///
    /// A call with a larger message is not retried. See [`RetryPolicy`] for an example.
    fn max_message_size(&self) -> usize;

    /// Handles the end of a call with OK. By default it does nothing, so the example of [`RetryPolicy`] does not
    /// implement it.
    fn on_success(&mut self) {}
}

/// A failed attempt of a call.
///
/// ```
/// use std::time::Duration;
///
/// use vestibule::client::FailedAttempt;
/// use vestibule::details::{self, RetryInfo};
/// use vestibule::Status;
///
/// /// Waits as long as the server asks for in its status.
/// fn wait(failed: &FailedAttempt) -> Option<Duration> {
///     details::find::<RetryInfo>(&failed.status)?.retry_delay
/// }
///
/// // A test of a policy creates an attempt and changes its fields.
/// let mut failed = FailedAttempt::new(Status::unavailable("try again later"));
/// failed.was_sent = false;
/// assert_eq!(wait(&failed), None);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// The status with which the attempt has failed. An attempt of a server that has sent none has the status that its HTTP
    /// status stands for.
    pub status: Status,
    /// False if the request was not sent, because no connection could be made.
    pub was_sent: bool,
    /// The server's pushback, if it has sent one.
    pub pushback: Option<Pushback>,
    /// The time since the start of the first attempt.
    pub elapsed: Duration,
}

impl FailedAttempt {
    /// Creates an attempt that was sent and has failed at once, without pushback.
    ///
    /// See [`FailedAttempt`] for an example.
    #[must_use]
    pub fn new(status: Status) -> Self {
        Self { status, was_sent: true, pushback: None, elapsed: Duration::ZERO }
    }
}

/// The server's instruction for the next attempt, from the trailer `grpc-retry-pushback-ms`.
///
/// [gRPC's retry design](https://github.com/grpc/proposal/blob/master/A6-client-retries.md) defines it.
///
/// ```
/// use std::time::Duration;
///
/// use vestibule::client::{FailedAttempt, Pushback};
///
/// fn wait(failed: &FailedAttempt) -> Option<Duration> {
///     match failed.pushback {
///         Some(Pushback::After(wait)) => Some(wait),
///         Some(_) => None,
///         None => Some(Duration::from_millis(100)),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pushback {
    /// The next attempt may start after this time.
    After(Duration),
    /// The client must not make another attempt. A value that cannot be parsed means the same.
    Never,
}

impl fmt::Debug for dyn RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RetryPolicy")
    }
}

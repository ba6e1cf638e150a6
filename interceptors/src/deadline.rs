use std::time::{Duration, Instant};

use tonic::Status;
use vestibule::{Call, Interceptor, Rest, interceptor};

use crate::status::deadline_exceeded;

/// Ends a call with `DEADLINE_EXCEEDED` at the deadline of its client, or after a limit that the server sets. It ends
/// a stream in the same way, between two messages.
///
/// The inner interceptors and the handler are dropped at that moment. They can read the remaining time from
/// [`CallDeadline`](vestibule::extract::CallDeadline).
///
/// ```
/// use std::time::Duration;
/// use vestibule::{Status, interceptor};
/// use vestibule_interceptors::Deadline;
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
///
/// struct Calculator;
///
/// // No call takes longer than 30 seconds, whatever its client asks for.
/// #[interceptor(Deadline::at_most(Duration::from_secs(30)))]
/// impl Calculatrice for Calculator {
///     // ...
/// #   async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
/// }
/// ```
///
/// - **It is early.** tonic's server has a timer of its own for the client's `grpc-timeout`, which ends a call with
///   CANCELLED and does not end a stream that has begun. `Deadline` ends the call earlier, by a tenth of the
///   remaining time and by 50 milliseconds at most. In this time, the status reaches the client. tonic's timer can
///   still fire first if the message took longer than this time to arrive, except behind a
///   [`Mount`](vestibule::Mount).
/// - **A malformed `grpc-timeout` is no deadline.** gRPC allows at most eight digits. The limit of
///   [`at_most`](Self::at_most) applies even then.
/// - **A client that does not read delays the end.** Its stream is polled only when there is room for another
///   message, and can end only then.
/// - **On a [`client`](vestibule::client()),** calls end at their deadline even without this interceptor. With it,
///   they end earlier, as on a server. [`at_most`](Self::at_most) sets a deadline for calls that have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Deadline {
    limit: Option<Duration>,
}

/// The longest time by which this interceptor is ahead of the client's deadline.
const MAX_AHEAD: Duration = Duration::from_millis(50);

impl Deadline {
    /// Ends calls at the deadline of their client. A call without a deadline has no limit.
    ///
    /// ```
    /// use vestibule_interceptors::Deadline;
    ///
    /// let layer = vestibule::layer((Deadline::new(),));
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self { limit: None }
    }

    /// Ends calls at the deadline of their client, or after `limit` if that is earlier. The time counts from the
    /// start of this interceptor, so the starts of interceptors before it in the list are not included. The example
    /// of [`Deadline`] calls it.
    #[must_use]
    pub const fn at_most(limit: Duration) -> Self {
        Self { limit: Some(limit) }
    }
}

#[interceptor(phase = Limit)]
impl Interceptor for Deadline {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<((), ()), Status> {
        if let Some(client) = call.client_deadline() {
            let remaining = client.saturating_duration_since(Instant::now());
            call.limit_deadline(client - MAX_AHEAD.min(remaining / 10));
        }
        if let Some(limit) = self.limit.and_then(|limit| Instant::now().checked_add(limit)) {
            call.limit_deadline(limit);
        }
        call.check_deadline()?;
        Ok(((), ()))
    }

    async fn around<R: Rest>(&self, call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let Some(deadline) = call.deadline() else { return rest.await };
        let rest = tokio::time::timeout_at(deadline.into(), call.scope_deadline(rest));
        rest.await.unwrap_or_else(|_| Err(deadline_exceeded()))
    }
}

use std::time::{Duration, Instant};

use tonic::Status;
use vestibule::{Call, Interceptor, Rest};

use crate::status::deadline_exceeded;

/// Ends a call with `DEADLINE_EXCEEDED` when its client has stopped waiting, or after a limit of the
/// server's: a stream as well, in its midst.
///
/// What runs further in is dropped, and can ask for the time that is left: see
/// [`CallDeadline`](vestibule::extract::CallDeadline).
///
/// tonic's server has a timer of its own for the client's `grpc-timeout`. It answers CANCELLED, and
/// leaves streams alone once they have begun. This one is ahead of it, by a tenth of the time and by 50
/// milliseconds at most, which also is time for the status to reach the client. tonic's still wins if
/// it took longer than that to receive the message, but behind a [`Mount`](vestibule::Mount).
///
/// A `grpc-timeout` that is not in gRPC's form, such as one of nine digits, is no deadline; the limit of
/// [`at_most`](Self::at_most) still is one.
///
/// It ends a stream whose client reads it. Where the client has stopped reading, the stream is not polled
/// before there is room for another message, and ends only then.
///
/// On a [`client`](vestibule::client()) it ends calls as early. There, calls end with their deadline without it;
/// [`at_most`](Self::at_most) gives one to those that have none.
///
/// ```
/// use std::time::Duration;
/// use vestibule_interceptors::Deadline;
///
/// let of_the_client = Deadline::new();
/// let of_the_server_too = Deadline::at_most(Duration::from_secs(30));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Deadline {
    limit: Option<Duration>,
}

/// How much earlier than the client's deadline this one is at most.
const AHEAD: Duration = Duration::from_millis(50);

impl Deadline {
    /// The deadline of the client; none if it has none.
    #[must_use]
    pub const fn new() -> Self {
        Self { limit: None }
    }

    /// The deadline of the client, or `limit` from here on if that is earlier. What stands before this
    /// in the list has its time for itself.
    #[must_use]
    pub const fn at_most(limit: Duration) -> Self {
        Self { limit: Some(limit) }
    }
}

impl Interceptor for Deadline {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<((), ()), Status> {
        if let Some(client) = call.client_deadline() {
            let left = client.saturating_duration_since(Instant::now());
            call.limit_deadline(client - AHEAD.min(left / 10));
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

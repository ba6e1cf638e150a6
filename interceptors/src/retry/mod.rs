mod attempts;
mod policy;
mod throttle;

use std::sync::Arc;
use std::time::Duration;

use tonic::{Code, Status};
use vestibule::client::ClientOnly;
use vestibule::{Call, Interceptor};

use attempts::Attempts;
use policy::Policy;
use throttle::Throttle;

/// Tries a call again that has failed, on a [`client`](vestibule::client()): [gRPC's retry design].
///
/// - What is tried again is a call with a single message, before there is any of a reply: unary calls, and
///   replies that stream until their first headers. Where the client streams, nothing is, unless its stream is one
///   message that is there at once.
/// - Up to a number of attempts, for the codes that are named: UNAVAILABLE unless others are.
/// - After a wait that grows exponentially, give or take a fifth. A server may say how long it is to be, or
///   that there is to be no other attempt (`grpc-retry-pushback-ms`).
/// - Never after the deadline, nor if the wait would last beyond it.
/// - Never while most calls fail: a token bucket, shared by all clones of the client, keeps a server that is
///   in trouble from more of it.
///
/// A call that was never sent, because an endpoint refused the connection or the connection had just ended, is tried again
/// whatever its code: at once, and then after pauses that grow to an eighth of the first backoff. Thirty times this costs
/// neither an attempt nor a token, so that one dead endpoint of a balanced channel fails no call; after that, or when the call
/// is two seconds old, it costs attempts. Where all endpoints are dead, `Retry::new(3)` ends with UNAVAILABLE after 33 tries.
///
/// The server is told how many attempts were before (`grpc-previous-rpc-attempts`). The other interceptors
/// see one call: this one stands innermost, wherever it is in the list. Of several, the first counts.
///
/// What differs from that design: a stream that the server refused before it looked at it counts as an attempt, and so does
/// a channel that does not become ready, unless it found no connection; the bucket belongs to this value and its clones, whichever server they call;
/// a call that could not be tried again takes no token from it; a call that was never sent is not tried for ever; and
/// `max_attempts` is not capped.
///
/// Credentials are those of the first attempt: to try UNAUTHENTICATED again is of no use.
///
/// Only name codes by which the service says that it has done nothing, or any if all of its methods may as well run
/// twice. If some may and others may not, make two clients of the same channel.
///
/// ```
/// use std::time::Duration;
/// use vestibule::Code;
/// use vestibule_interceptors::Retry;
///
/// let retry = Retry::new(4)
///     .codes([Code::Unavailable, Code::Aborted])
///     .backoff(Duration::from_millis(50), Duration::from_secs(2));
/// ```
///
/// [gRPC's retry design]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md
#[derive(Clone, Debug)]
pub struct Retry(Arc<Policy>);

impl Retry {
    /// At most `max_attempts`, the first one included. gRPC recommends no more than five.
    ///
    /// Unless said otherwise, the first wait is 100 milliseconds, each is twice as long as the one before, and none
    /// longer than 5 seconds, give or take a fifth; [the bucket](Self::throttle) has 10 tokens and gets 0.1 for each
    /// success; messages of up to 256 KiB are kept.
    #[must_use]
    pub fn new(max_attempts: u32) -> Self {
        Self(Arc::new(Policy {
            max_attempts,
            codes: vec![Code::Unavailable],
            initial_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(5),
            multiplier: 2.0,
            buffer_size: 256 << 10,
            throttle: Throttle::new(10.0, 0.1),
        }))
    }

    /// The codes that are tried again, in place of UNAVAILABLE.
    #[must_use]
    pub fn codes(mut self, codes: impl IntoIterator<Item = Code>) -> Self {
        self.policy().codes = codes.into_iter().collect();
        self
    }

    /// How long to wait before the second attempt, and the longest wait, give or take a fifth.
    #[must_use]
    pub fn backoff(mut self, initial: Duration, max: Duration) -> Self {
        let policy = self.policy();
        (policy.initial_backoff, policy.max_backoff) = (initial, max);
        self
    }

    /// By how much a wait is longer than the one before: 2, unless said otherwise.
    #[must_use]
    pub fn backoff_multiplier(mut self, multiplier: f64) -> Self {
        self.policy().multiplier = multiplier;
        self
    }

    /// The bucket: a failure takes a token, a success gives `token_ratio` of one. Unless more than half of
    /// `max_tokens` are left, nothing is tried again. So a full bucket of 10 is enough for four attempts that follow
    /// upon failures; of 2 or less, for none. With 0 tokens, there is no bucket.
    #[must_use]
    pub fn throttle(mut self, max_tokens: f64, token_ratio: f64) -> Self {
        self.policy().throttle = Throttle::new(max_tokens, token_ratio);
        self
    }

    /// The largest message, in bytes, that is kept for another attempt. Calls with larger ones are sent once.
    #[must_use]
    pub fn buffer(mut self, bytes: usize) -> Self {
        self.policy().buffer_size = bytes;
        self
    }

    fn policy(&mut self) -> &mut Policy {
        Arc::make_mut(&mut self.0)
    }
}

impl Interceptor for Retry {
    type Provides = ();
    type Hooks = ClientOnly;

    async fn start(&self, call: &Call) -> Result<((), ClientOnly), Status> {
        call.set_retry_policy(Attempts::new(Arc::clone(&self.0)));
        Ok(((), ClientOnly))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_as_it_is_documented() {
        let Policy { max_attempts, codes, initial_backoff, max_backoff, multiplier, buffer_size, throttle } =
            &*Retry::new(3).0;
        assert_eq!((*max_attempts, &codes[..], *buffer_size), (3, &[Code::Unavailable][..], 256 << 10));
        let [initial, max] = [initial_backoff, max_backoff].map(Duration::as_millis);
        assert_eq!((initial, max, *multiplier), (100, 5000, 2.0));
        // Of 10 tokens more than 5 must be left.
        let allowed = (0..10).filter(|_| throttle.failed()).count();
        assert_eq!(allowed, 4);
    }

    #[test]
    fn another_policy_has_a_bucket_of_its_own() {
        let retry = Retry::new(3);
        while retry.0.throttle.failed() {}
        assert!(retry.clone().buffer(1).0.throttle.failed());
        assert!(!retry.clone().0.throttle.failed(), "a clone has the same");
    }
}

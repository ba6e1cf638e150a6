mod attempts;
mod settings;
mod throttle;

use std::sync::Arc;
use std::time::Duration;

use tonic::{Code, Status};
use vestibule::client::ClientOnly;
use vestibule::{Call, Interceptor};

use attempts::Attempts;
use settings::Settings;
use throttle::Throttle;

/// Sends a failed call of a [`client`](vestibule::client()) again, as [gRPC's retry design] says.
///
/// ```
/// use std::time::Duration;
/// use tonic::transport::Endpoint;
/// use vestibule::Code;
/// use vestibule_interceptors::Retry;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let retry = Retry::new(4)
///     .codes([Code::Unavailable, Code::Aborted])
///     .backoff(Duration::from_millis(50), Duration::from_secs(2));
/// let channel = Endpoint::from_static("http://localhost:50051").connect_lazy();
/// let channel = vestibule::client(channel, (retry,));
/// # }
/// ```
///
/// The client makes another attempt if all these conditions are true:
///
/// - The call has a single request, and no part of a response has arrived. A call with a request stream is sent once,
///   unless the stream has exactly one message and that message is ready at once.
/// - The code of the failure is one of [`codes`](Self::codes), by default UNAVAILABLE.
/// - Fewer than `max_attempts` attempts were made.
/// - The wait ends before the deadline. Waits grow exponentially, with a random variation of a fifth. The server
///   may set the wait, or forbid another attempt (`grpc-retry-pushback-ms`).
/// - The token bucket has enough tokens, which is the case while most calls succeed. All clones of the client share
///   the bucket. It protects a server that is overloaded ([`throttle`](Self::throttle)).
///
/// List only codes with which the service says that it has done nothing. If all methods of the service may run twice,
/// you may list any code. If only some methods may run twice, create two clients of one channel.
///
/// # Calls that were not sent
///
/// A call is not sent if an endpoint refused the connection, or if the connection had just ended. Such a call is
/// tried again with any code: at once, and then after pauses that grow up to an eighth of the first backoff. The
/// first thirty of these attempts cost neither an attempt nor a token, so one dead endpoint of a balanced channel
/// does not cause a call to fail. Further attempts count as usual, and so do all attempts after the first two seconds
/// of the call. If all endpoints are dead, `Retry::new(3)` ends with UNAVAILABLE after 33 attempts.
///
/// # What the server and other interceptors see
///
/// The server reads the number of earlier attempts (`grpc-previous-rpc-attempts`). Other interceptors see one call:
/// all attempts are made after the last interceptor of the list, at whatever place `Retry` is. So all attempts have
/// the credentials of the first one, and another attempt after UNAUTHENTICATED does not help. If a list contains
/// several `Retry`, the first one is used.
///
/// # Differences to gRPC's design
///
/// - If the server refuses a stream before it processes the stream, this counts as an attempt. If the channel does
///   not become ready, this also counts, unless the reason is that it found no connection.
/// - The token bucket belongs to this `Retry` and its clones, not to a server.
/// - The failure of a call that cannot be tried again takes no token.
/// - The number of attempts for a call that was not sent is limited.
/// - `max_attempts` has no upper limit.
///
/// [gRPC's retry design]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md
#[derive(Clone, Debug)]
pub struct Retry(Arc<Settings>);

impl Retry {
    /// Makes up to `max_attempts` attempts, including the first one. gRPC recommends at most five.
    ///
    /// The defaults of the other settings are:
    ///
    /// | setting | default |
    /// | --- | --- |
    /// | [`codes`](Self::codes) | UNAVAILABLE |
    /// | [`backoff`](Self::backoff) | 100 milliseconds, up to 5 seconds |
    /// | [`backoff_multiplier`](Self::backoff_multiplier) | 2 |
    /// | [`throttle`](Self::throttle) | 10 tokens, and 0.1 for each success |
    /// | [`max_message_size`](Self::max_message_size) | 256 KiB |
    ///
    /// The example of [`Retry`] calls it.
    #[must_use]
    pub fn new(max_attempts: u32) -> Self {
        Self(Arc::new(Settings {
            max_attempts,
            codes: vec![Code::Unavailable],
            initial_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(5),
            multiplier: 2.0,
            max_message_size: 256 << 10,
            throttle: Throttle::new(10.0, 0.1),
        }))
    }

    /// Sets the codes after which another attempt is made. They replace the default, UNAVAILABLE. The example of
    /// [`Retry`] calls it.
    #[must_use]
    pub fn codes(mut self, codes: impl IntoIterator<Item = Code>) -> Self {
        self.settings().codes = codes.into_iter().collect();
        self
    }

    /// Sets the wait before the second attempt, and the longest wait. Each wait varies at random by up to a fifth.
    /// The example of [`Retry`] calls it.
    #[must_use]
    pub fn backoff(mut self, initial: Duration, max: Duration) -> Self {
        let settings = self.settings();
        (settings.initial_backoff, settings.max_backoff) = (initial, max);
        self
    }

    /// Sets the factor by which a wait is longer than the one before. The default is 2.
    ///
    /// ```
    /// use vestibule_interceptors::Retry;
    ///
    /// // Waits of about 100, 150 and 225 milliseconds.
    /// let retry = Retry::new(4).backoff_multiplier(1.5);
    /// ```
    #[must_use]
    pub fn backoff_multiplier(mut self, multiplier: f64) -> Self {
        self.settings().multiplier = multiplier;
        self
    }

    /// Sets the size of the token bucket, and the share of a token that a success adds.
    ///
    /// A failure takes one token. Another attempt is made only while more than half of `max_tokens` are left. A full
    /// bucket of 10 allows four attempts after consecutive failures. A bucket of 2 or fewer allows none. With 0
    /// tokens there is no bucket, and so no limit.
    ///
    /// ```
    /// use vestibule_interceptors::Retry;
    ///
    /// let retry = Retry::new(4).throttle(100.0, 0.5);
    /// let without_a_bucket = Retry::new(4).throttle(0.0, 0.0);
    /// ```
    #[must_use]
    pub fn throttle(mut self, max_tokens: f64, token_ratio: f64) -> Self {
        self.settings().throttle = Throttle::new(max_tokens, token_ratio);
        self
    }

    /// Sets the size of the largest message, in bytes, that is kept for another attempt. A call with a larger
    /// message is sent once.
    ///
    /// ```
    /// use vestibule_interceptors::Retry;
    ///
    /// let retry = Retry::new(4).max_message_size(1 << 20);
    /// ```
    #[must_use]
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.settings().max_message_size = bytes;
        self
    }

    fn settings(&mut self) -> &mut Settings {
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
        let Settings {
            max_attempts,
            codes,
            initial_backoff,
            max_backoff,
            multiplier,
            max_message_size,
            throttle,
        } = &*Retry::new(3).0;
        assert_eq!((*max_attempts, &codes[..], *max_message_size), (3, &[Code::Unavailable][..], 256 << 10));
        let [initial, max] = [initial_backoff, max_backoff].map(Duration::as_millis);
        assert_eq!((initial, max, *multiplier), (100, 5000, 2.0));
        // More than 5 of 10 tokens must be left.
        let allowed = (0..10).filter(|_| throttle.on_failure()).count();
        assert_eq!(allowed, 4);
    }

    #[test]
    fn another_policy_has_a_bucket_of_its_own() {
        let retry = Retry::new(3);
        while retry.0.throttle.on_failure() {}
        assert!(retry.clone().max_message_size(1).0.throttle.on_failure());
        assert!(!retry.clone().0.throttle.on_failure(), "a clone has the same");
    }
}

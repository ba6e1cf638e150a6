use std::sync::{Mutex, PoisonError};

/// The token bucket of [gRPC's retry throttling].
///
/// [gRPC's retry throttling]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md#throttling-retry-attempts-and-hedged-rpcs
#[derive(Debug)]
pub(super) struct Throttle {
    max_tokens: f64,
    token_ratio: f64,
    tokens: Mutex<f64>,
}

impl Throttle {
    pub(super) fn new(max_tokens: f64, token_ratio: f64) -> Self {
        Self { max_tokens, token_ratio, tokens: Mutex::new(max_tokens) }
    }

    /// Takes a token for a failure. Returns true if another attempt is allowed.
    pub(super) fn on_failure(&self) -> bool {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *tokens = (*tokens - 1.0).max(0.0);
        self.max_tokens <= 0.0 || *tokens > self.max_tokens / 2.0
    }

    /// Adds the share of a token that a success earns.
    pub(super) fn on_success(&self) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *tokens = (*tokens + self.token_ratio).min(self.max_tokens);
    }
}

/// Clones into a full bucket, because `Arc::make_mut` clones the settings for another `Retry`.
impl Clone for Throttle {
    fn clone(&self) -> Self {
        Self::new(self.max_tokens, self.token_ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_half_of_the_tokens_must_be_left() {
        let throttle = Throttle::new(10.0, 0.5);
        let failed = |times| (0..times).map(|_| throttle.on_failure()).collect::<Vec<_>>();
        assert_eq!(failed(6), [true, true, true, true, false, false], "9, 8, 7, 6, 5, 4");
        (0..4).for_each(|_| throttle.on_success());
        assert_eq!(failed(1), [false], "5");
        (0..4).for_each(|_| throttle.on_success());
        assert_eq!(failed(2), [true, false], "6, 5");
    }

    #[test]
    fn a_bucket_is_never_more_than_full_nor_less_than_empty() {
        let throttle = Throttle::new(2.0, 1.0);
        let failed = |times| (0..times).for_each(|_| _ = throttle.on_failure());
        (0..100).for_each(|_| throttle.on_success());
        assert!(!throttle.on_failure(), "1");
        failed(100);
        (0..2).for_each(|_| throttle.on_success());
        assert_eq!(*throttle.tokens.lock().unwrap(), 2.0);
    }
}

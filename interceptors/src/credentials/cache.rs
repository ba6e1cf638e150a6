use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;
use tonic::Status;

use super::token::Token;

/// The current token, and the request for the next one.
#[derive(Default)]
pub(super) struct Cache {
    last: Mutex<LastResult>,
    /// The request to the source that is under way. One call at a time polls it. It outlives the call that has made
    /// it: if that call is dropped, another one goes on.
    pending: AsyncMutex<Option<TokenFuture>>,
}

/// The future of a source.
pub(super) type TokenFuture = Pin<Box<dyn Future<Output = Result<Token, Status>> + Send>>;

/// The last results of the source.
#[derive(Default)]
struct LastResult {
    token: Option<Token>,
    /// The number of failures of the source.
    failures: u64,
    /// The last failure of the source.
    failure: Option<Status>,
}

impl Cache {
    /// Returns a valid token. It asks the source if there is none.
    pub(super) async fn get(&self, source: impl Fn() -> TokenFuture) -> Result<Token, Status> {
        match self.token() {
            Some(token) if token.is_valid_for(token.renewal_margin()) => Ok(token),
            Some(token) if token.is_valid_for(Duration::ZERO) => Ok(self.renew(token, source)),
            // Every call needs a token of its own, so calls do not wait for each other.
            Some(token) if token.is_for_one_call() => self.store(source().await),
            _ => self.obtain(source).await,
        }
    }

    /// Returns a valid token, and polls the source once for a new one. So no call waits for the new token, and the
    /// calls that are made meanwhile drive the source.
    fn renew(&self, token: Token, source: impl Fn() -> TokenFuture) -> Token {
        let Ok(mut pending) = self.pending.try_lock() else { return token };
        let future = pending.get_or_insert_with(&source);
        let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            return token;
        };
        *pending = None;
        self.store(result).unwrap_or_else(|status| {
            let (code, error) = (vestibule::code_name(status.code()), status.message());
            tracing::warn!(target: "vestibule", code, error, "credentials could not be renewed yet");
            token
        })
    }

    /// Waits for a token of the source. Calls that wait at the same time share the result.
    async fn obtain(&self, source: impl Fn() -> TokenFuture) -> Result<Token, Status> {
        let failures = self.lock().failures;
        let mut pending = self.pending.lock().await;
        // Another call may have obtained a token while this one waited for the lock.
        match self.token() {
            Some(token) if token.is_valid_for(Duration::ZERO) => return Ok(token),
            Some(token) if token.is_for_one_call() => {
                drop(pending);
                return self.store(source().await);
            }
            _ => {}
        }
        if let Some(failure) = self.failure_since(failures) {
            return Err(failure);
        }
        let was_pending = pending.is_some();
        let mut result = wait_for(pending.get_or_insert_with(&source)).await;
        if result.is_err() && was_pending {
            // An earlier call may have made this request long ago, and it may have timed out since.
            result = wait_for(pending.insert(source())).await;
        }
        *pending = None;
        self.store(result)
    }

    pub(super) fn forget(&self, token: &Token) {
        self.lock().token.take_if(|current| current.is_same(token) && !token.is_for_one_call());
    }

    fn token(&self) -> Option<Token> {
        self.lock().token.clone()
    }

    /// Returns the last failure, if there was one since the source had failed `failures` times.
    fn failure_since(&self, failures: u64) -> Option<Status> {
        let last = self.lock();
        last.failure.clone().filter(|_| last.failures > failures)
    }

    fn store(&self, result: Result<Token, Status>) -> Result<Token, Status> {
        let mut last = self.lock();
        match &result {
            Ok(token) => last.token = Some(token.clone()),
            Err(failure) => {
                last.failures += 1;
                last.failure = Some(failure.clone());
            }
        }
        result
    }

    fn lock(&self) -> MutexGuard<'_, LastResult> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn wait_for(future: &mut TokenFuture) -> Result<Token, Status> {
    poll_fn(|cx| future.as_mut().poll(cx)).await
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("token", &self.token()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use tokio::time::sleep;

    use super::*;

    const LIFETIME: Duration = Duration::from_secs(50);

    fn token(text: &str) -> TokenFuture {
        Box::pin(ready(Token::bearer(text).map(|token| token.expires_in(LIFETIME))))
    }

    /// Returns the future of a source that takes so many seconds.
    fn after(seconds: u64, result: impl FnOnce() -> Result<Token, Status> + Send + 'static) -> TokenFuture {
        Box::pin(async move {
            sleep(Duration::from_secs(seconds)).await;
            result()
        })
    }

    fn lasting(text: &'static str) -> impl FnOnce() -> Result<Token, Status> {
        move || Ok(Token::bearer(text)?.expires_in(LIFETIME))
    }

    fn away() -> Result<Token, Status> {
        Err(Status::unavailable("the issuer is away"))
    }

    fn text(token: Result<Token, Status>) -> String {
        token.unwrap().headers()["authorization"].to_str().unwrap().to_owned()
    }

    fn unasked() -> TokenFuture {
        unreachable!("there is a token")
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_renewed_in_the_last_fifth_of_its_life() {
        let cache = Cache::default();
        assert_eq!(text(cache.get(|| token("1")).await), "Bearer 1");
        sleep(LIFETIME * 4 / 5 - Duration::from_secs(1)).await;
        assert_eq!(text(cache.get(unasked).await), "Bearer 1");
        sleep(Duration::from_secs(1)).await;
        assert_eq!(text(cache.get(|| token("2")).await), "Bearer 2");
        assert_eq!(text(cache.get(unasked).await), "Bearer 2");
    }

    #[tokio::test(start_paused = true)]
    async fn while_it_holds_a_renewal_delays_nobody() {
        let cache = Cache::default();
        cache.get(|| token("1")).await.unwrap();
        sleep(LIFETIME * 9 / 10).await;
        let slow = || after(2, lasting("2"));
        assert_eq!(text(cache.get(slow).await), "Bearer 1");
        sleep(Duration::from_secs(1)).await;
        assert_eq!(text(cache.get(unasked).await), "Bearer 1", "the source is asked once");
        sleep(Duration::from_secs(1)).await;
        assert_eq!(text(cache.get(unasked).await), "Bearer 2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_gives_up_has_not_asked_in_vain() {
        let cache = Cache::default();
        let slow = || after(15, lasting("1"));
        for _ in 0..2 {
            let given_up = tokio::time::timeout(Duration::from_secs(10), cache.get(slow)).await;
            if let Ok(obtained) = given_up {
                return assert_eq!(text(obtained), "Bearer 1");
            }
        }
        panic!("each call has asked anew");
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_share_what_comes() {
        let cache = Cache::default();
        let asked = std::cell::Cell::new(0);
        let failing = || {
            asked.set(asked.get() + 1);
            after(1, away)
        };
        let started = tokio::time::Instant::now();
        let (first, second, third) = tokio::join!(cache.get(failing), cache.get(failing), cache.get(failing));
        assert!([first, second, third].iter().all(Result::is_err));
        assert_eq!((asked.get(), started.elapsed()), (1, Duration::from_secs(1)));
        let for_one_call = || after(1, || Token::bearer("1"));
        let started = tokio::time::Instant::now();
        let calls = tokio::join!(cache.get(for_one_call), cache.get(for_one_call), cache.get(for_one_call));
        assert!(calls.0.is_ok() && calls.1.is_ok() && calls.2.is_ok());
        assert_eq!(started.elapsed(), Duration::from_secs(2), "they do not queue");
        assert_eq!(text(cache.get(|| token("2")).await), "Bearer 2");
        assert_eq!(text(cache.get(unasked).await), "Bearer 2", "it is one that lasts");
    }

    #[tokio::test(start_paused = true)]
    async fn while_it_holds_a_renewal_may_fail() {
        let cache = Cache::default();
        cache.get(|| token("1")).await.unwrap();
        sleep(LIFETIME * 9 / 10).await;
        let away = || -> TokenFuture { Box::pin(ready(away())) };
        assert_eq!(text(cache.get(away).await), "Bearer 1");
        sleep(LIFETIME).await;
        assert_eq!(cache.get(away).await.unwrap_err().code(), tonic::Code::Unavailable);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_forgotten_once() {
        let cache = Cache::default();
        let first = cache.get(|| token("1")).await.unwrap();
        cache.forget(&first);
        assert_eq!(text(cache.get(|| token("2")).await), "Bearer 2");
        // Another call that was refused with the first one.
        cache.forget(&first);
        assert_eq!(text(cache.get(unasked).await), "Bearer 2");
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_asked_long_ago_may_fail_without_harm() {
        let cache = Cache::default();
        cache.get(|| token("1")).await.unwrap();
        sleep(LIFETIME * 9 / 10).await;
        assert_eq!(text(cache.get(|| after(1, away)).await), "Bearer 1");
        sleep(LIFETIME).await;
        assert_eq!(text(cache.get(|| token("2")).await), "Bearer 2");
    }
}

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;
use tonic::Status;

use super::token::Token;

/// The token that is in use, and how the next one is obtained.
#[derive(Default)]
pub(super) struct Cache {
    last: Mutex<Last>,
    /// What the source was asked, by one call at a time. It outlives the call that has asked: if that is
    /// dropped, the next one goes on with it.
    asked: AsyncMutex<Option<Answer>>,
}

/// Of the source.
pub(super) type Answer = Pin<Box<dyn Future<Output = Result<Token, Status>> + Send>>;

#[derive(Default)]
struct Last {
    token: Option<Token>,
    /// How often the source has failed, and the last time with what.
    failures: u64,
    failure: Option<Status>,
}

impl Cache {
    /// A token that lasts.
    pub(super) async fn get(&self, source: impl Fn() -> Answer) -> Result<Token, Status> {
        match self.token() {
            Some(token) if token.lasts(token.margin()) => Ok(token),
            Some(token) if token.lasts(Duration::ZERO) => Ok(self.renew(token, source)),
            // Calls do not wait for each other.
            Some(token) if token.is_for_one_call() => self.keep(source().await),
            _ => self.obtain(source).await,
        }
    }

    /// A token, while the one that is there still holds: nobody waits for another one. Each call that comes now
    /// helps to get it.
    fn renew(&self, token: Token, source: impl Fn() -> Answer) -> Token {
        let Ok(mut asked) = self.asked.try_lock() else { return token };
        let renewed = asked.get_or_insert_with(&source);
        let Poll::Ready(renewed) = renewed.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            return token;
        };
        *asked = None;
        self.keep(renewed).unwrap_or_else(|status| {
            let (code, error) = (vestibule::code_name(status.code()), status.message());
            tracing::warn!(target: "vestibule", code, error, "credentials could not be renewed yet");
            token
        })
    }

    async fn obtain(&self, source: impl Fn() -> Answer) -> Result<Token, Status> {
        let failures = self.lock().failures;
        let mut asked = self.asked.lock().await;
        // Somebody may have asked meanwhile.
        match self.token() {
            Some(token) if token.lasts(Duration::ZERO) => return Ok(token),
            Some(token) if token.is_for_one_call() => {
                drop(asked);
                return self.keep(source().await);
            }
            _ => {}
        }
        if let Some(failure) = self.failure_since(failures) {
            return Err(failure);
        }
        let was_asked = asked.is_some();
        let mut obtained = answer(asked.get_or_insert_with(&source)).await;
        if obtained.is_err() && was_asked {
            // It may have been asked long ago, and have timed out since.
            obtained = answer(asked.insert(source())).await;
        }
        *asked = None;
        self.keep(obtained)
    }

    pub(super) fn forget(&self, token: &Token) {
        self.lock().token.take_if(|current| current.is(token) && !token.is_for_one_call());
    }

    fn token(&self) -> Option<Token> {
        self.lock().token.clone()
    }

    /// What the calls that have waited for it get as well.
    fn failure_since(&self, failures: u64) -> Option<Status> {
        let last = self.lock();
        last.failure.clone().filter(|_| last.failures > failures)
    }

    fn keep(&self, obtained: Result<Token, Status>) -> Result<Token, Status> {
        let mut last = self.lock();
        match &obtained {
            Ok(token) => last.token = Some(token.clone()),
            Err(failure) => {
                last.failures += 1;
                last.failure = Some(failure.clone());
            }
        }
        obtained
    }

    fn lock(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(asked: &mut Answer) -> Result<Token, Status> {
    poll_fn(|cx| asked.as_mut().poll(cx)).await
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

    fn token(text: &str) -> Answer {
        Box::pin(ready(Token::bearer(text).map(|token| token.expires_in(LIFETIME))))
    }

    /// An answer that takes so many seconds.
    fn after(seconds: u64, answer: impl FnOnce() -> Result<Token, Status> + Send + 'static) -> Answer {
        Box::pin(async move {
            sleep(Duration::from_secs(seconds)).await;
            answer()
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

    fn unasked() -> Answer {
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
        let away = || -> Answer { Box::pin(ready(away())) };
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

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;
use tonic::Status;

use super::Token;

/// The token that is in use, or was, and who renews it.
#[derive(Debug, Default)]
pub(super) struct Cache {
    token: Mutex<Option<Token>>,
    /// Held while the source is asked: by one call at a time.
    renewing: AsyncMutex<()>,
}

impl Cache {
    /// A token that lasts.
    pub(super) async fn get<F>(&self, source: impl Fn() -> F) -> Result<Token, Status>
    where
        F: Future<Output = Result<Token, Status>>,
    {
        let last = self.lock().clone();
        let token = match last {
            // Calls do not wait for each other.
            Some(last) if last.is_for_one_call() => return source().await,
            Some(token) if token.lasts(token.margin()) => return Ok(token),
            Some(token) if token.lasts(Duration::ZERO) => token,
            _ => return self.obtain(source).await,
        };
        // It still holds: nobody waits for another one, and whoever asks for it does without if need be.
        let Ok(_renewing) = self.renewing.try_lock() else { return Ok(token) };
        match source().await {
            Ok(renewed) => Ok(self.keep(renewed)),
            Err(status) => {
                tracing::warn!(target: "vestibule", code = crate::code_name(status.code()), error = status.message(), "credentials could not be renewed yet");
                Ok(token)
            }
        }
    }

    async fn obtain<F>(&self, source: impl Fn() -> F) -> Result<Token, Status>
    where
        F: Future<Output = Result<Token, Status>>,
    {
        let _renewing = self.renewing.lock().await;
        // Somebody may have done so meanwhile.
        let last = self.lock().clone();
        match last {
            Some(token) if token.lasts(Duration::ZERO) => Ok(token),
            _ => Ok(self.keep(source().await?)),
        }
    }

    pub(super) fn forget(&self, token: &Token) {
        self.lock().take_if(|current| current.is(token) && !token.is_for_one_call());
    }

    fn keep(&self, token: Token) -> Token {
        *self.lock() = Some(token.clone());
        token
    }

    fn lock(&self) -> MutexGuard<'_, Option<Token>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, pending, ready};

    use tokio::time::sleep;

    use super::*;

    const LIFETIME: Duration = Duration::from_secs(50);

    fn token(text: &str) -> Ready<Result<Token, Status>> {
        ready(Token::bearer(text).map(|token| token.expires_in(LIFETIME)))
    }

    fn text(token: Result<Token, Status>) -> String {
        token.unwrap().headers()["authorization"].to_str().unwrap().to_owned()
    }

    fn unasked() -> Ready<Result<Token, Status>> {
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
    async fn while_it_holds_a_renewal_delays_no_other_call() {
        let cache = Cache::default();
        cache.get(|| token("1")).await.unwrap();
        sleep(LIFETIME * 9 / 10).await;
        let mut renewing = Box::pin(cache.get(pending));
        assert!(futures_util::poll!(&mut renewing).is_pending());
        assert_eq!(text(cache.get(unasked).await), "Bearer 1");
        drop(renewing);
        assert_eq!(text(cache.get(|| token("2")).await), "Bearer 2", "who was given up is in nobody's way");
    }

    #[tokio::test(start_paused = true)]
    async fn while_it_holds_a_renewal_may_fail() {
        let cache = Cache::default();
        cache.get(|| token("1")).await.unwrap();
        sleep(LIFETIME * 9 / 10).await;
        let away = || ready(Err(Status::unavailable("the issuer is away")));
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
}

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tonic::Status;
use vestibule::Call;

use super::key::KeyHasher;
use super::local::LocalKeys;
use super::quota::Quota;
use super::refusal::{exceeded, undecided};
use super::shared::{LimitAnswer, LimitKey, Shared};
use crate::store::OnFailure;

/// The state of a limit, which all clones of it share.
pub(super) struct Limiter {
    pub(super) name: &'static str,
    pub(super) quota: Quota,
    pub(super) keys: LocalKeys,
    pub(super) shared: Option<Arc<Shared>>,
    /// The longest time that a call waits for the store.
    pub(super) store_timeout: Duration,
    pub(super) is_per_method: bool,
    pub(super) counts_messages: bool,
    hasher: KeyHasher,
    /// Times are nanoseconds since then.
    created: Instant,
}

impl Limiter {
    pub(super) fn new(name: &'static str, quota: Quota) -> Self {
        Self {
            name,
            quota,
            keys: LocalKeys::new(quota),
            shared: None,
            store_timeout: Duration::from_millis(50),
            is_per_method: false,
            counts_messages: false,
            hasher: KeyHasher::default(),
            created: Instant::now(),
        }
    }

    /// Returns a limit with the same settings.
    pub(super) fn with_new_count(&self) -> Self {
        let Self { shared, store_timeout, is_per_method, counts_messages, .. } = self;
        Self {
            shared: shared.clone(),
            store_timeout: *store_timeout,
            is_per_method: *is_per_method,
            counts_messages: *counts_messages,
            ..Self::new(self.name, self.quota)
        }
    }

    /// Returns the hash of a call's key.
    pub(super) fn hash(&self, call: &Call, write: impl FnOnce(&mut dyn Write)) -> u64 {
        self.hasher.hash(self.method(call), write)
    }

    /// Counts a call or a message in this process.
    pub(super) fn take(&self, key: u64) -> Result<(), Status> {
        let taken = self.keys.take(key, self.now());
        taken.map_err(|wait| exceeded(self.name, &self.quota, Duration::from_nanos(wait)))
    }

    /// Counts a call in the store. If the store refuses it, this process refuses the key for as long.
    pub(super) async fn take_shared(
        &self,
        shared: &Shared,
        key: u64,
        call: &Call,
        write: impl Fn(&mut dyn Write) + Send + Sync,
    ) -> Result<(), Status> {
        let mut text = String::new();
        write(&mut text);
        let limit_key = LimitKey { limit: self.name, method: self.method(call), key: &text };
        match shared.take(&limit_key, &self.quota, self.store_timeout).await {
            Some(LimitAnswer::Accepted) => Ok(()),
            Some(LimitAnswer::Refused { retry_after }) => {
                let now = self.now();
                let wait = u64::try_from(retry_after.as_nanos()).unwrap_or(u64::MAX);
                self.keys.refuse_until(key, now.saturating_add(wait), now);
                Err(exceeded(self.name, &self.quota, retry_after))
            }
            None if shared.on_failure == OnFailure::Allow => Ok(()),
            None => Err(undecided()),
        }
    }

    fn method<'a>(&self, call: &'a Call) -> Option<&'a str> {
        self.is_per_method.then(|| call.method().path())
    }

    fn now(&self) -> u64 {
        self.created.elapsed().as_nanos() as u64
    }
}

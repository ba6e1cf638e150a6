//! The keys of an issuer, fetched and kept.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::age::{Ages, Fetched, Step};
use super::key::JwtKey;
use super::source::{FetchedKeys, KeySource, KeySourceError};

/// The longest set, in bytes.
const MAX_BYTES: usize = 256 * 1024;
/// The largest number of keys in a set.
const MAX_KEYS: usize = 100;
/// The time for which a fetch may last.
const TIMEOUT: Duration = Duration::from_secs(10);

type Fetch =
    dyn Fn() -> Pin<Box<dyn Future<Output = Result<FetchedKeys, KeySourceError>> + Send>> + Send + Sync;

/// The keys of an issuer, which a [`KeySource`] fetches, for a [`Jwt`](super::Jwt).
///
/// ```
/// use std::time::Duration;
/// use vestibule_interceptors::{Jwt, JwksCache, KeySource};
///
/// # struct Claims;
/// fn jwt(issuer: impl KeySource) -> Jwt<Claims> {
///     let keys = JwksCache::new(issuer).max_age(Duration::from_secs(900));
///     Jwt::with_cache(keys, "calculator").issuer("https://login.example.com")
/// }
/// ```
///
/// - **The first call fetches the keys.** Call [`ready`](Self::ready) before the server starts, so that no call waits.
/// - **While there are no keys, calls end with UNAVAILABLE**, and not with UNAUTHENTICATED, which would tell clients to throw
///   their tokens away.
/// - **One fetch runs at a time**, in a task of its own. A call that is interrupted does not interrupt the fetch.
/// - **A `kid` that no key has fetches the set again**, so that a new key is known at once. This happens once in ten seconds at
///   most, so that made-up ids are no load on the issuer.
/// - **Keys are fetched again after an age, also if all ids are known**, so that a key which was revoked ends. It is the
///   `max-age` of the issuer, between [`min_age`](Self::min_age) and [`max_age`](Self::max_age).
/// - **A fetch that fails keeps the keys.** They are used for [`stale_for`](Self::stale_for) more, and then no longer. A set
///   without a key that can be used counts as a failure, and so does one with more than 256 KiB or 100 keys.
///
/// | it | what |
/// | --- | --- |
/// | logs | WARN `the keys of an issuer can't be fetched`, with `error`, once in ten seconds at most |
#[derive(Clone)]
pub struct JwksCache {
    fetch: Arc<Fetch>,
    pub(super) ages: Ages,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// Counts the fetches that have ended.
    ended: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    keys: Option<(Arc<[JwtKey]>, Fetched)>,
    last_attempt: Option<Instant>,
    is_fetching: bool,
}

impl JwksCache {
    /// Fetches the keys from `source`. The example of [`JwksCache`] calls it.
    #[must_use]
    pub fn new(source: impl KeySource) -> Self {
        let source = Arc::new(source);
        let fetch = move || {
            let source = Arc::clone(&source);
            let fetched = async move { source.fetch().await };
            Box::pin(fetched) as Pin<Box<dyn Future<Output = _> + Send>>
        };
        let ages = Ages {
            floor: Duration::from_secs(60),
            ceiling: Duration::from_secs(3600),
            stale: Duration::from_secs(3600),
            pause: Duration::from_secs(10),
        };
        let shared = Shared { state: Mutex::default(), ended: watch::Sender::new(0) };
        Self { fetch: Arc::new(fetch), ages, shared: Arc::new(shared) }
    }

    /// Sets the shortest time after which the keys are fetched again, if the issuer asks for less. The default is one minute.
    #[must_use]
    pub fn min_age(mut self, age: Duration) -> Self {
        self.ages.floor = age;
        self.ages.ceiling = self.ages.ceiling.max(age);
        self
    }

    /// Sets the longest time after which the keys are fetched again, and the time if the issuer does not say one. The default is
    /// one hour. The example of [`JwksCache`] calls it.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.ages.ceiling = age;
        self.ages.floor = self.ages.floor.min(age);
        self
    }

    /// Sets for how long keys are used that can't be fetched again. The default is one hour.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use vestibule_interceptors::{JwksCache, KeySource};
    /// # fn keys(issuer: impl KeySource) -> JwksCache {
    /// JwksCache::new(issuer).stale_for(Duration::from_secs(600))
    /// # }
    /// ```
    #[must_use]
    pub fn stale_for(mut self, time: Duration) -> Self {
        self.ages.stale = time;
        self
    }

    /// Waits until the keys are there. Returns false if they can't be fetched.
    ///
    /// ```
    /// # use vestibule_interceptors::JwksCache;
    /// async fn start(keys: &JwksCache) {
    ///     if !keys.ready().await {
    ///         eprintln!("calls end with UNAVAILABLE until the issuer answers");
    ///     }
    /// }
    /// ```
    pub async fn ready(&self) -> bool {
        self.keys().await.is_some()
    }

    /// Returns the keys, or `None` if there are none that are young enough.
    pub(super) async fn keys(&self) -> Option<Arc<[JwtKey]>> {
        let (step, keys) = {
            let state = self.lock();
            let fetched = state.keys.as_ref().map(|(_, fetched)| *fetched);
            // A fetch that runs is waited for, although it is young.
            let last_attempt = state.last_attempt.filter(|_| !state.is_fetching);
            let step = self.ages.step(Instant::now(), fetched, last_attempt);
            (step, state.keys.as_ref().map(|(keys, _)| Arc::clone(keys)))
        };
        match step {
            Step::Use => keys,
            Step::UseAndFetch => {
                let _ = self.start_fetch();
                keys
            }
            Step::Wait => {
                let _ = self.fetch_and_wait().await;
                let state = self.lock();
                let (keys, fetched) = state.keys.as_ref()?;
                (Instant::now() < fetched.due + self.ages.stale).then(|| Arc::clone(keys))
            }
            Step::Fail => None,
        }
    }

    /// Fetches the keys once more for a token whose `kid` none of them has, unless it is too early for that.
    pub(super) async fn keys_with_new_ones(&self) -> Option<Arc<[JwtKey]>> {
        self.fetch_and_wait().await.then(|| self.lock().keys.as_ref().map(|(keys, _)| Arc::clone(keys)))?
    }

    /// Waits for the end of the fetch that runs, or of one that it starts. Returns false if it is too early for one.
    async fn fetch_and_wait(&self) -> bool {
        // The end of a fetch that runs now is seen, because this comes first.
        let mut ended = self.shared.ended.subscribe();
        let is_running = self.start_fetch();
        // The sender is never dropped before this.
        is_running && ended.changed().await.is_ok()
    }

    /// Starts a fetch in a task of its own, unless one runs or it is too early. Returns true if one runs.
    fn start_fetch(&self) -> bool {
        {
            let mut state = self.lock();
            let now = Instant::now();
            if state.is_fetching || !self.ages.may_fetch(now, state.last_attempt) {
                return state.is_fetching;
            }
            state.is_fetching = true;
            state.last_attempt = Some(now);
        }
        let end = EndOfFetch(Arc::clone(&self.shared));
        let (fetched, ages) = ((self.fetch)(), self.ages);
        tokio::spawn(async move {
            let fetched = timeout(TIMEOUT, fetched).await.unwrap_or_else(|_| Err("no answer in time".into()));
            match fetched.and_then(read) {
                Ok((keys, max_age)) => {
                    let due = ages.due(Instant::now(), max_age);
                    lock(&end.0).keys = Some((keys, Fetched { due }));
                }
                Err(error) => {
                    tracing::warn!(target: "vestibule", %error, "the keys of an issuer can't be fetched");
                }
            }
        });
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.shared)
    }
}

/// Locks the state. The lock is held for a moment only, and no code of users runs in it.
fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    shared.state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends a fetch when it is dropped, also if the source has panicked.
struct EndOfFetch(Arc<Shared>);

impl Drop for EndOfFetch {
    fn drop(&mut self) {
        lock(&self.0).is_fetching = false;
        self.0.ended.send_modify(|ended| *ended += 1);
    }
}

/// Reads the keys of a set.
fn read(fetched: FetchedKeys) -> Result<(Arc<[JwtKey]>, Option<Duration>), KeySourceError> {
    let FetchedKeys { json, max_age } = fetched;
    if json.len() > MAX_BYTES {
        return Err(format!("the set has more than {MAX_BYTES} bytes").into());
    }
    let keys = JwtKey::from_jwk_set(&json)?;
    match keys.len() {
        0 => Err("the set has no key that can be used".into()),
        1..=MAX_KEYS => Ok((keys.into(), max_age)),
        _ => Err(format!("the set has more than {MAX_KEYS} keys").into()),
    }
}

impl fmt::Debug for JwksCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwksCache").field("ages", &self.ages).finish_non_exhaustive()
    }
}

mod entries;
#[cfg(feature = "envoy")]
mod envoy;
mod key;
mod limiter;
mod local;
mod quota;
#[cfg(feature = "redis")]
mod redis_limits;
mod refusal;
mod shared;

use std::fmt::{self, Display};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tonic::Status;
use vestibule::{Call, Interceptor, Stateful, interceptor};

pub use entries::KeyedRateLimit;
#[cfg(feature = "envoy")]
pub use envoy::EnvoyLimits;
pub use key::IpKey;
pub use quota::Quota;
#[cfg(feature = "redis")]
pub use redis_limits::RedisLimits;
pub use shared::{LimitAnswer, LimitKey, LimitStore};

use entries::{MessageLimit, admit};
use key::By;
use limiter::Limiter;
use shared::Shared;

use crate::store::OnFailure;

/// Limits how often calls are made: all together, or for each caller. A call above the limit ends with
/// `RESOURCE_EXHAUSTED`, which says when to try again.
///
/// ```
/// use vestibule_interceptors::{Quota, RateLimit};
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::{Status, interceptor};
/// # struct Caller { id: String }
/// # #[interceptor(phase = Authenticate)]
/// # async fn authenticate() -> Result<Caller, Status> { Ok(Caller { id: "ada".to_owned() }) }
///
/// struct Calculator {
///     calls: RateLimit,
///     additions: RateLimit,
/// }
///
/// // Each caller has 100 calls in a second, and 10 of them may be additions.
/// #[interceptor(caller = authenticate(), self.calls.key(&caller.id))]
/// impl Calculatrice for Calculator {
///     #[interceptor(self.additions.key(&caller.id))]
///     async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
///
/// let calculator = Calculator {
///     calls: RateLimit::new("calls", Quota::per_second(100)),
///     additions: RateLimit::new("additions", Quota::per_second(10)),
/// };
/// ```
///
/// Clones share one limit. The type is [`Stateful`], so keep a value in the service.
///
/// # The key
///
/// | entry of the list | counts apart |
/// | --- | --- |
/// | `&self.calls` | nothing: all calls together |
/// | `&self.calls`, made with [`by_ip`](Self::by_ip) | the addresses of the connections |
/// | `&self.calls`, made with [`by`](Self::by) | what your function returns for a call |
/// | `self.calls.key(&caller.id)` | what an earlier entry has provided |
/// | `self.calls.ip(*ip)` | an address that an earlier entry has provided |
/// | an interceptor of yours that calls [`check`](Self::check) | what it takes from the call or the message |
///
/// With [`per_method`](Self::per_method), each of them counts each method by itself. A method with a quota of its own has a
/// limit of its own in its own list, as in the example.
///
/// A key is any value that implements [`Display`], so its text is what counts. The process keeps a hash of 64 bits of it, with
/// a random seed, and no text. A key takes about 40 bytes, and is forgotten some time after its quota is whole again.
///
/// # Streams
///
/// A stream is one call, which counts when it opens. With [`each_message`](Self::each_message), each message of the
/// client after the first one counts as a call as well.
///
/// # What it reads and writes
///
/// | it | what |
/// | --- | --- |
/// | reads | the key, and the clock |
/// | writes | nothing to a call that it accepts. The status of another one has the details `RetryInfo` and `QuotaFailure`, with the name of the limit and its quota, and the trailer `grpc-retry-pushback-ms` |
/// | logs | nothing, except with [`shared`](Self::shared): WARN `a rate limit can't be checked`, with `limit`, `failures`, `error` and `on_failure`, at powers of two; INFO `a rate limit is checked again`, with `limit` and `failures` |
/// | counts | [`keys`](Self::keys) |
///
/// No key is in a status or in a line of the log.
///
/// A client with [`Retry`](crate::Retry) waits for as long as the status says, if `RESOURCE_EXHAUSTED` is one of its codes. On
/// a client, a `RateLimit` limits the calls that the client makes.
#[derive(Clone)]
pub struct RateLimit {
    limiter: Arc<Limiter>,
    by: By,
}

impl RateLimit {
    /// Accepts the calls of `quota`. The status of a call above the limit has the name. The example of [`RateLimit`] calls it.
    #[must_use]
    pub fn new(name: &'static str, quota: Quota) -> Self {
        Self { limiter: Arc::new(Limiter::new(name, quota)), by: By::Nothing }
    }

    /// Counts the calls of each address by themselves. The address is that of the connection, so behind a proxy it is the
    /// address of the proxy: use [`ip`](Self::ip) there.
    ///
    /// The addresses of IPv6 are counted by networks of 64 bits, because one subscriber has such a network. The calls of
    /// connections without an address, such as Unix sockets, are counted together.
    ///
    /// The phase of the entry is `Limit`. State `out_of_order` to limit calls by address before authentication.
    ///
    /// ```
    /// use vestibule_interceptors::{Quota, RateLimit};
    ///
    /// let layer = vestibule::layer((RateLimit::new("calls", Quota::per_second(100)).by_ip(),));
    /// ```
    #[must_use]
    pub fn by_ip(self) -> Self {
        Self { by: By::Ip, ..self }
    }

    /// Counts the calls of each key by themselves. The function returns the key of a call.
    ///
    /// ```
    /// use vestibule_interceptors::{Quota, RateLimit};
    ///
    /// let limit = RateLimit::new("calls", Quota::per_second(100))
    ///     .by(|call| call.get::<Option<&str>>("x-tenant").ok().flatten().unwrap_or("none").to_owned());
    /// ```
    ///
    /// If a client chooses the key, it has as many quotas as it likes. So take what authentication has verified, or use
    /// [`key`](Self::key).
    #[must_use]
    pub fn by<K: Display>(self, key: impl Fn(&Call) -> K + Send + Sync + 'static) -> Self {
        Self { by: By::function(key), ..self }
    }

    /// Counts each method by itself.
    ///
    /// ```
    /// use vestibule_interceptors::{Quota, RateLimit};
    ///
    /// // Each method has 100 calls in a second.
    /// let layer = vestibule::layer((RateLimit::new("calls", Quota::per_second(100)).per_method(),));
    /// ```
    #[must_use]
    pub fn per_method(self) -> Self {
        self.configure(|limiter| limiter.is_per_method = true)
    }

    /// Counts each message of a client's stream, and not only its opening. The opening pays for the first message, so a
    /// call with one message costs the same as without this setting.
    ///
    /// A stream above the limit ends with `RESOURCE_EXHAUSTED`. Messages are counted in this process alone, also by a limit
    /// that is [`shared`](Self::shared).
    ///
    /// ```
    /// use vestibule_interceptors::{Quota, RateLimit};
    ///
    /// let limit = RateLimit::new("chat", Quota::per_second(5).burst(20)).each_message();
    /// ```
    #[must_use]
    pub fn each_message(self) -> Self {
        self.configure(|limiter| limiter.counts_messages = true)
    }

    /// Shares the limit with all processes that use the same store. `on_failure` says what happens to a call about which
    /// the store does not answer in time.
    ///
    /// A call is first counted in this process, with the same quota. So a key that is above the limit here is no load on
    /// the store. A key that the store refuses is refused here as long as the store said. The name of the limit is a
    /// part of the key in the store.
    ///
    /// The example of [`LimitStore`] calls it.
    #[must_use]
    pub fn shared(self, store: impl LimitStore, on_failure: OnFailure) -> Self {
        self.configure(|limiter| limiter.shared = Some(Arc::new(Shared::new(store, on_failure))))
    }

    /// Sets how long a call waits for the answer of the store. The default is 50 milliseconds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use vestibule_interceptors::{LimitStore, OnFailure, Quota, RateLimit};
    ///
    /// fn exports(store: impl LimitStore) -> RateLimit {
    ///     let exports = RateLimit::new("exports", Quota::per_minute(1));
    ///     exports.shared(store, OnFailure::Refuse).store_timeout(Duration::from_millis(500))
    /// }
    /// ```
    #[must_use]
    pub fn store_timeout(self, timeout: Duration) -> Self {
        self.configure(|limiter| limiter.store_timeout = timeout)
    }

    /// Returns an entry of a list that counts the calls of `key`, which an earlier entry has provided. The example of
    /// [`RateLimit`] has such an entry.
    pub fn key<K: Display + Send + Sync>(&self, key: K) -> KeyedRateLimit<'_, K> {
        KeyedRateLimit { limiter: &self.limiter, key }
    }

    /// Returns an entry of a list that counts the calls of an address, which an earlier entry has provided. An address of
    /// IPv6 is counted with its network, as [`by_ip`](Self::by_ip) does.
    ///
    /// ```
    /// # use std::net::IpAddr;
    /// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
    /// # use proto::calcul::{AdditionRequest, AdditionResponse};
    /// # use vestibule::{Status, interceptor};
    /// # use vestibule_interceptors::RateLimit;
    /// # struct Calculator { calls: RateLimit }
    /// # #[interceptor]
    /// # async fn client_ip() -> Result<IpAddr, Status> { Ok([127, 0, 0, 1].into()) }
    /// #[interceptor(ip = client_ip(), self.calls.ip(*ip))]
    /// impl Calculatrice for Calculator {
    ///     // ...
    /// #   async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
    /// }
    /// ```
    pub fn ip(&self, ip: IpAddr) -> KeyedRateLimit<'_, IpKey> {
        self.key(IpKey(ip))
    }

    /// Counts a call of `key`, for an interceptor of your own. A guard can take the key from the message:
    ///
    /// ```
    /// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
    /// # use proto::calcul::{AdditionRequest, AdditionResponse};
    /// use vestibule::{Call, Status, interceptor};
    /// use vestibule_interceptors::RateLimit;
    ///
    /// # struct Calculator { sums: RateLimit }
    /// #[interceptor(phase = Limit)]
    /// async fn each_sum(call: &Call, number: i32, sums: &RateLimit) -> Result<(), Status> {
    ///     sums.check(call, number).await
    /// }
    ///
    /// #[interceptor]
    /// impl Calculatrice for Calculator {
    ///     #[interceptor(each_sum(request.nombre1, &self.sums))]
    ///     async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
    ///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the status for the client, if the call is above the limit or the store does not answer.
    pub async fn check(&self, call: &Call, key: impl Display + Send + Sync) -> Result<(), Status> {
        self.key(key).start(call).await.map(drop)
    }

    /// Returns the number of keys that this process remembers. A key is forgotten some time after its quota is whole
    /// again.
    ///
    /// ```
    /// use vestibule_interceptors::{Quota, RateLimit};
    ///
    /// assert_eq!(RateLimit::new("calls", Quota::per_second(100)).keys(), 0);
    /// ```
    #[must_use]
    pub fn keys(&self) -> usize {
        self.limiter.keys.len()
    }

    /// Changes a setting. A clone that exists already keeps its settings and its count.
    fn configure(self, change: impl FnOnce(&mut Limiter)) -> Self {
        let mut limiter = self.limiter.with_new_count();
        change(&mut limiter);
        Self { limiter: Arc::new(limiter), ..self }
    }
}

impl Stateful for RateLimit {}

#[interceptor(phase = Limit)]
impl Interceptor for RateLimit {
    type Provides = ();
    type Hooks = MessageLimit;

    async fn start(&self, call: &Call) -> Result<((), MessageLimit), Status> {
        admit(&self.limiter, call, |out| self.by.write(call, out)).await
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Limiter { name, quota, .. } = &*self.limiter;
        f.debug_struct("RateLimit").field("name", name).field("quota", quota).field("by", &self.by).finish()
    }
}

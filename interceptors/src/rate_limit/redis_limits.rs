use std::time::Duration;

use redis::{Client, RedisResult, Script};

use super::quota::Quota;
use super::shared::{LimitAnswer, LimitKey, LimitStore};
use crate::redis::Connection;
use crate::store::BoxError;

/// A [`LimitStore`] in Redis, or in a server that speaks its protocol, such as Valkey.
///
/// ```no_run
/// use vestibule_interceptors::{OnFailure, Quota, RateLimit, RedisLimits};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> redis::RedisResult<()> {
/// let store = RedisLimits::open("redis://localhost:6379")?;
/// // All servers together accept 100 calls of a caller in a second.
/// let calls = RateLimit::new("calls", Quota::per_second(100)).shared(store.clone(), OnFailure::Allow);
/// let reports = RateLimit::new("reports", Quota::per_minute(6)).shared(store, OnFailure::Refuse);
/// # Ok(())
/// # }
/// ```
///
/// - **One round trip.** A call costs one `EVALSHA`. The script is loaded again if Redis has lost it.
/// - **One clock.** The script takes the time of Redis, so the clocks of the servers do not matter.
/// - **One connection.** Clones share it, and nothing else uses it, so a slow command of another kind delays no call. A call
///   that finds the connection lost is sent again on a new one. If Redis does not answer for a second, a new connection is
///   made, and the calls that still wait are sent again.
/// - **One key.** Each key is one string, with one hash tag for a cluster, named `vestibule:limit:{limit:method:key}`. It
///   expires when the quota is whole again.
///
/// # How exact it is
///
/// All processes together accept what [`Quota`] says, and no call more, as long as Redis keeps its keys. A call that is sent
/// again may count twice. If Redis loses its keys (it is restarted without persistence, flushed, or a replica takes its
/// place), each key begins with a whole burst: at most one burst more for each loss. While Redis does not answer,
/// [`OnFailure`](crate::OnFailure) decides. Intervals are whole microseconds, rounded up.
#[derive(Clone, Debug)]
pub struct RedisLimits {
    connection: Connection,
    script: Script,
}

/// Holds the due time of the key, in microseconds of the clock of Redis. See `Quota::take`.
///
/// The due time is never later than after a whole burst. It would be so if the clock of Redis was set back, and would lock
/// callers out.
const SCRIPT: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local due = tonumber(redis.call('GET', KEYS[1]) or 0) or 0
-- A value of somebody else may be no number at all, which is not equal to itself.
if due ~= due then
  due = 0
end
due = math.min(math.max(due, now), now + tolerance + interval)
local wait = due - now - tolerance
if wait > 0 then
  return wait
end
due = due + interval
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000))
return 0
";

impl RedisLimits {
    /// Uses the Redis of this URL, such as `redis://localhost:6379`. The connection is made by the first call. The example
    /// of [`RedisLimits`] calls it.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL is not one of Redis.
    ///
    /// # Panics
    ///
    /// Panics outside of a runtime of tokio.
    pub fn open(url: &str) -> RedisResult<Self> {
        Self::new(Client::open(url)?)
    }

    /// Uses a client of the crate `redis`, for settings that no URL has.
    ///
    /// ```
    /// use vestibule_interceptors::RedisLimits;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> redis::RedisResult<()> {
    /// let client = redis::Client::open("redis://localhost:6379")?;
    /// let store = RedisLimits::new(client)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the client can't be used.
    ///
    /// # Panics
    ///
    /// Panics outside of a runtime of tokio.
    pub fn new(client: Client) -> RedisResult<Self> {
        Ok(Self { connection: Connection::new(client)?, script: Script::new(SCRIPT) })
    }
}

impl LimitStore for RedisLimits {
    async fn take(&self, key: &LimitKey<'_>, quota: &Quota) -> Result<LimitAnswer, BoxError> {
        let [interval, tolerance] = microseconds(quota);
        let mut invocation = self.script.key(redis_key(key));
        invocation.arg(interval).arg(tolerance);
        let wait: u64 = self.connection.invoke(&invocation).await?;
        Ok(match wait {
            0 => LimitAnswer::Accepted,
            wait => LimitAnswer::Refused { retry_after: Duration::from_micros(wait) },
        })
    }
}

fn redis_key(key: &LimitKey<'_>) -> String {
    let LimitKey { limit, method, key } = key;
    format!("vestibule:limit:{{{limit}:{}:{key}}}", method.unwrap_or_default())
}

/// Returns the interval and the tolerance in microseconds. Numbers of Lua are exact up to 2⁵³, and the time takes 2⁵¹.
fn microseconds(quota: &Quota) -> [u64; 2] {
    const MOST: u64 = 1 << 50;
    let interval = (quota.interval().as_nanos().div_ceil(1000) as u64).min(MOST);
    [interval, interval.saturating_mul(u64::from(quota.max_burst()) - 1).min(MOST)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_hash_tag() {
        let key = LimitKey { limit: "calls", method: Some("/pb.Greeter/SayHello"), key: "ada" };
        assert_eq!(redis_key(&key), "vestibule:limit:{calls:/pb.Greeter/SayHello:ada}");
        assert_eq!(redis_key(&LimitKey { method: None, ..key }), "vestibule:limit:{calls::ada}");
    }

    #[test]
    fn intervals_are_microseconds_and_never_shorter_than_the_quota_says() {
        assert_eq!(microseconds(&Quota::per_second(3)), [333_334, 666_668]);
        assert_eq!(microseconds(&Quota::per_second(10_000_000).burst(5)), [1, 4]);
        let longest = Quota::new(1, Duration::from_secs(400 * 365 * 86400)).burst(u32::MAX);
        assert_eq!(microseconds(&longest), [1 << 50; 2]);
    }
}

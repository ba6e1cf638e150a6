use std::fmt::Write;
use std::time::Duration;

use redis::{Client, RedisResult, Script, ScriptInvocation};

use super::response_store::{CallLease, CallState, ResponseStore};
use crate::redis::Connection;
use crate::store::BoxError;

/// A [`ResponseStore`] in Redis, or in a server that speaks its protocol, such as Valkey.
///
/// ```no_run
/// use vestibule_interceptors::{Idempotent, OnFailure, RedisResponses};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> redis::RedisResult<()> {
/// let store = RedisResponses::open("redis://localhost:6379")?;
/// let idempotent = Idempotent::new().shared(store, OnFailure::Refuse);
/// # Ok(())
/// # }
/// ```
///
/// - **Two round trips.** A call that runs costs one script before the handler and one after it. A repeated call costs one.
/// - **One connection.** Clones share it, and nothing else uses it. A script whose connection is lost is sent again on a new
///   one, and has the same result.
/// - **One key.** Each call is one string, named `vestibule:call:` and the digest of its caller, method and id. It expires. It
///   holds the response as it is, so protect this Redis as you protect the data of the service.
/// - **No eviction.** Let Redis have the setting `maxmemory-policy noeviction`. With another one, it may drop a call that it is
///   to remember, and the handler runs again. Only the time limits the number of calls in Redis.
#[derive(Clone, Debug)]
pub struct RedisResponses {
    connection: Connection,
    begin: Script,
    end: Script,
    forget: Script,
}

// A record is the token, the fingerprint, and the response if the call has ended. No response is empty.

const BEGIN: &str = r"
local record = redis.call('GET', KEYS[1])
if not record then
  redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2], 'PX', ARGV[3])
end
return record
";

const END: &str = r"
local record = redis.call('GET', KEYS[1])
if record and string.sub(record, 1, #ARGV[1]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2] .. ARGV[4], 'PX', ARGV[3])
return 1
";

const FORGET: &str = r"
local record = redis.call('GET', KEYS[1])
if record and string.sub(record, 1, #ARGV[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 1
";

impl RedisResponses {
    /// Uses the Redis of this URL, such as `redis://localhost:6379`. The connection is made by the first call. The example
    /// of [`RedisResponses`] calls it.
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
    /// use vestibule_interceptors::RedisResponses;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> redis::RedisResult<()> {
    /// let client = redis::Client::open("redis://localhost:6379")?;
    /// let store = RedisResponses::new(client)?;
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
        let [begin, end, forget] = [BEGIN, END, FORGET].map(Script::new);
        Ok(Self { connection: Connection::new(client)?, begin, end, forget })
    }
}

impl ResponseStore for RedisResponses {
    async fn begin(&self, call: &CallLease, run_for: Duration) -> Result<CallState, BoxError> {
        let mut script = invocation(&self.begin, call);
        script.arg(call.fingerprint.as_slice()).arg(milliseconds(run_for));
        let record: Option<Vec<u8>> = self.connection.invoke(&script).await?;
        record.map_or(Ok(CallState::Begun), |record| state(call, record))
    }

    async fn end(&self, call: &CallLease, response: &[u8], keep_for: Duration) -> Result<bool, BoxError> {
        let mut script = invocation(&self.end, call);
        script.arg(call.fingerprint.as_slice()).arg(milliseconds(keep_for)).arg(response);
        Ok(self.connection.invoke(&script).await?)
    }

    async fn forget(&self, call: &CallLease) -> Result<(), BoxError> {
        let () = self.connection.invoke(&invocation(&self.forget, call)).await?;
        Ok(())
    }
}

fn invocation<'a>(script: &'a Script, call: &CallLease) -> ScriptInvocation<'a> {
    let mut invocation = script.key(redis_key(&call.key));
    invocation.arg(call.token.as_slice());
    invocation
}

fn redis_key(key: &[u8; 32]) -> String {
    let mut text = String::from("vestibule:call:");
    for byte in key {
        // A string takes all that is written to it.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Returns a time that Redis accepts: at least a millisecond, and at most a century.
fn milliseconds(time: Duration) -> u64 {
    const CENTURY: u128 = 100 * 365 * 24 * 60 * 60 * 1000;
    time.as_millis().clamp(1, CENTURY) as u64
}

/// Reads a record that was there before the call.
fn state(call: &CallLease, mut record: Vec<u8>) -> Result<CallState, BoxError> {
    const TOKEN: usize = 16;
    const HEAD: usize = TOKEN + 32;
    if record.len() < HEAD {
        return Err("Redis has something else under the key of a call".into());
    }
    if record[TOKEN..HEAD] != call.fingerprint {
        return Ok(CallState::OtherMessage);
    }
    if record.len() > HEAD {
        return Ok(CallState::Ended(record.split_off(HEAD)));
    }
    // The script was sent twice, because the connection was lost before its answer.
    let is_ours = record[..TOKEN] == call.token;
    Ok(if is_ours { CallState::Begun } else { CallState::Running })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: CallLease = CallLease { key: [0xa5; 32], fingerprint: [2; 32], token: [3; 16] };

    fn record(token: u8, fingerprint: u8, response: &[u8]) -> Vec<u8> {
        [[token; 16].as_slice(), &[fingerprint; 32], response].concat()
    }

    #[test]
    fn a_record_says_what_became_of_the_call() {
        let state_of = |record| state(&CALL, record).unwrap();
        assert_eq!(state_of(record(3, 2, b"")), CallState::Begun);
        assert_eq!(state_of(record(4, 2, b"")), CallState::Running);
        assert_eq!(state_of(record(4, 2, b"response")), CallState::Ended(b"response".to_vec()));
        assert_eq!(state_of(record(4, 5, b"response")), CallState::OtherMessage);
        assert_eq!(state_of(record(3, 5, b"")), CallState::OtherMessage);
    }

    #[test]
    fn a_record_of_somebody_else_is_an_error() {
        assert!(state(&CALL, Vec::new()).is_err());
        assert!(state(&CALL, vec![3; 47]).is_err());
    }

    #[test]
    fn a_key_has_no_text_of_the_caller() {
        assert_eq!(redis_key(&CALL.key), format!("vestibule:call:{}", "a5".repeat(32)));
    }

    #[test]
    fn times_are_such_that_redis_accepts_them() {
        for (time, expected) in [
            (Duration::ZERO, 1),
            (Duration::from_micros(1500), 1),
            (Duration::from_secs(60), 60_000),
            (Duration::MAX, 100 * 365 * 24 * 60 * 60 * 1000),
        ] {
            assert_eq!(milliseconds(time), expected);
        }
    }
}

//! A connection to Redis for short scripts.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ErrorKind, FromRedisValue, RedisError, RedisResult, ScriptInvocation, ServerErrorKind};
use tokio::time::timeout;

/// The longest time for one attempt to connect. After that there is another attempt, as long as a caller waits.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(1);

/// The time after which a connection without an answer is replaced, and a command without an answer is sent again. A host that
/// has vanished sends no reset, and the system would keep such a connection for minutes.
const MAX_SILENCE: Duration = Duration::from_secs(1);

/// The number of times that a command is sent, if the connection or the script is lost each time.
const MAX_ATTEMPTS: u32 = 5;

/// A connection that is made when it is needed, and made again when it is lost. Clones share it.
///
/// Many commands are on their way at the same time. They are answered in order, so use a connection for commands of one kind.
/// The caller limits the time of a command.
#[derive(Clone)]
pub(crate) struct Connection(Arc<Inner>);

struct Inner {
    client: Client,
    state: Mutex<State>,
}

struct State {
    manager: ConnectionManager,
    /// The time at which the first command was sent since the last answer.
    silent_since: Option<Instant>,
}

impl Connection {
    pub(crate) fn new(client: Client) -> RedisResult<Self> {
        let manager = connect(&client)?;
        Ok(Self(Arc::new(Inner { client, state: Mutex::new(State { manager, silent_since: None }) })))
    }

    /// Runs a script. It is sent again if the connection is lost, and after each second without an answer. So it may run more
    /// than once.
    pub(crate) async fn invoke<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> RedisResult<T> {
        let sent = Sent { connection: self, is_answered: false };
        let mut attempts = 1;
        let result = loop {
            match timeout(MAX_SILENCE, script.invoke_async(&mut self.manager())).await {
                Err(_) => self.replace_if_silent(),
                // The attempt to connect has taken too long.
                Ok(Err(error)) if error.is_timeout() => {}
                Ok(Err(error)) if attempts < MAX_ATTEMPTS && may_be_sent_again(&error) => attempts += 1,
                Ok(result) => break result,
            }
        };
        sent.answered();
        result
    }

    /// Returns the manager for a command that is sent now.
    fn manager(&self) -> ConnectionManager {
        let mut state = self.state();
        state.silent_since.get_or_insert_with(Instant::now);
        state.manager.clone()
    }

    fn replace_if_silent(&self) {
        let mut state = self.state();
        let since = *state.silent_since.get_or_insert_with(Instant::now);
        if since.elapsed() < MAX_SILENCE {
            return;
        }
        state.silent_since = None;
        // The client was good for a connection before.
        if let Ok(manager) = connect(&self.0.client) {
            state.manager = manager;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns true if the connection was lost, or if Redis has lost the script after it was loaded.
fn may_be_sent_again(error: &RedisError) -> bool {
    error.is_unrecoverable_error() || error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}

/// Makes a connection when it is first used. There is one attempt: whoever waits for it would wait for all of them.
fn connect(client: &Client) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(CONNECTION_TIMEOUT))
        .set_response_timeout(None);
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

/// A command that is on its way. It is dropped without an answer when its caller does not wait any longer.
struct Sent<'a> {
    connection: &'a Connection,
    is_answered: bool,
}

impl Sent<'_> {
    /// An error is an answer as well: the manager replaces a connection that has failed.
    fn answered(mut self) {
        self.is_answered = true;
        self.connection.state().silent_since = None;
    }
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            self.connection.replace_if_silent();
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client has a password.
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

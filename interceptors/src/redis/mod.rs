//! A connection to Redis for short scripts.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ErrorKind, FromRedisValue, RedisResult, ScriptInvocation, ServerErrorKind};

/// The longest time for making a connection. No command waits that long: its caller gives up before.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(1);

/// The time after which a connection without an answer is replaced. A host that has vanished sends no reset, and the system
/// would keep such a connection for minutes.
const MAX_SILENCE: Duration = Duration::from_secs(1);

/// The number of times that a call loads its script, if Redis loses its scripts meanwhile.
const LOADS: usize = 5;

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
    /// The time of the first command without an answer since the last one that had an answer.
    silent_since: Option<Instant>,
}

impl Connection {
    pub(crate) fn new(client: Client) -> RedisResult<Self> {
        let manager = connect(&client)?;
        Ok(Self(Arc::new(Inner { client, state: Mutex::new(State { manager, silent_since: None }) })))
    }

    /// Runs a script. If the connection is lost, the script is sent again on a new one, so it may run twice.
    pub(crate) async fn invoke<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> RedisResult<T> {
        let sent = Sent { connection: self, is_answered: false };
        let result = match self.load_and_run(script).await {
            Err(error) if error.is_unrecoverable_error() => self.load_and_run(script).await,
            result => result,
        };
        sent.answered();
        result
    }

    /// Runs a script, and loads it if Redis does not know it. Redis may lose it again before it runs.
    async fn load_and_run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> RedisResult<T> {
        for _ in 1..LOADS {
            match script.invoke_async(&mut self.manager()).await {
                Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {}
                result => return result,
            }
        }
        script.invoke_async(&mut self.manager()).await
    }

    fn manager(&self) -> ConnectionManager {
        self.state().manager.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        if self.is_answered {
            return;
        }
        let mut state = self.connection.state();
        let since = *state.silent_since.get_or_insert_with(Instant::now);
        if since.elapsed() > MAX_SILENCE {
            state.silent_since = None;
            // The client was good for a connection before.
            if let Ok(manager) = connect(&self.connection.0.client) {
                state.manager = manager;
            }
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client has a password.
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

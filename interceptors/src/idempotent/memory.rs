//! What is remembered in this process, and the store that other processes share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::answer::Answer;
use super::key::Hash;
use super::settings::Settings;
use super::shared::Shared;
use super::table::{Decision, Table};

/// The calls that are remembered. Clones share them. A call keeps a clone while it runs.
#[derive(Clone)]
pub(super) struct Memory {
    table: Arc<Mutex<Table>>,
    pub(super) settings: Settings,
    pub(super) shared: Option<Arc<Shared>>,
}

impl Memory {
    pub(super) fn new(settings: Settings) -> Self {
        Self { table: Arc::new(Mutex::new(Table::new())), settings, shared: None }
    }

    pub(super) fn begin(&self, key: Hash, fingerprint: Hash) -> Decision {
        self.table().begin(self.settings.limits, Instant::now(), key, fingerprint)
    }

    /// Remembers the end of a call that [`begin`](Self::begin) has put into the table.
    pub(super) fn end(&self, key: Hash, answer: Option<Answer>) {
        self.table().end(self.settings.limits, Instant::now(), key, answer);
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (calls, bytes) = self.table().size();
        let mut debug = f.debug_struct("Idempotent");
        debug.field("calls", &calls).field("bytes", &bytes).field("settings", &self.settings);
        debug.field("on_failure", &self.shared.as_ref().map(|shared| shared.on_failure)).finish()
    }
}

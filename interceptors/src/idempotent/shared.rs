//! The store that several servers share, and its failures.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::answer::Answer;
use super::encoded::{decode, encode};
use super::response_store::{AnyStore, CallLease, CallState, ResponseStore};
use super::settings::Settings;
use super::table::Decision;
use crate::store::{BoxError, Failures, OnFailure, answer_within};

/// The first and the longest wait between two attempts to write the end of a call.
const WAITS: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// A store, and the count of its failures.
pub(super) struct Shared {
    store: Box<dyn AnyStore>,
    pub(super) on_failure: OnFailure,
    failures: Failures,
}

/// A call in the store.
#[derive(Clone)]
pub(super) struct SharedCall {
    shared: Arc<Shared>,
    lease: CallLease,
    settings: Settings,
    path: String,
    /// The time at which the call has begun in the store, if it has.
    begun: Option<Instant>,
}

impl Shared {
    pub(super) fn new(store: impl ResponseStore, on_failure: OnFailure) -> Self {
        Self { store: Box::new(store), on_failure, failures: Failures::default() }
    }

    /// Logs the failures of the store, but not each.
    fn logged<T>(&self, result: Result<T, BoxError>) -> Result<T, BoxError> {
        match &result {
            Ok(_) => {
                if let Some(failures) = self.failures.end() {
                    tracing::info!(target: "vestibule", failures, "repeated calls are recognized again");
                }
            }
            Err(error) => {
                if let Some(failures) = self.failures.add() {
                    let (error, on_failure): (&(dyn Error + 'static), _) = (&**error, self.on_failure);
                    tracing::warn!(target: "vestibule", failures, error, ?on_failure, "a repeated call can't be recognized");
                }
            }
        }
        result
    }
}

impl SharedCall {
    pub(super) fn new(
        shared: &Arc<Shared>,
        key: [u8; 32],
        fingerprint: [u8; 32],
        settings: Settings,
        path: &str,
    ) -> Self {
        let mut token = [0; 16];
        getrandom::fill(&mut token).expect("the system has random bytes");
        let lease = CallLease { key, fingerprint, token };
        Self { shared: Arc::clone(shared), lease, settings, path: path.to_owned(), begun: None }
    }

    pub(super) fn on_failure(&self) -> OnFailure {
        self.shared.on_failure
    }

    /// Asks the store about the call. Returns `None` if there is no answer in time.
    pub(super) async fn begin(&mut self) -> Option<Decision> {
        let begun = Instant::now();
        let state = self.shared.store.begin(&self.lease, self.settings.lease());
        let state = answer_within(self.settings.store_timeout, state).await;
        let decision = self.shared.logged(state.and_then(decision)).ok()?;
        if let Decision::Run = decision {
            self.begun = Some(begun);
        }
        Some(decision)
    }

    /// Writes the end of the call, or lets the call run again if there is no answer.
    ///
    /// If the store does not take it in time, a task goes on until the lease is over. Without a lease, there is one attempt,
    /// so that an outage is no growing number of tasks.
    pub(super) async fn end(self, answer: Option<&Answer>) {
        let response = answer.map(|answer| {
            let is_too_large = answer.size() > self.settings.limits.bytes;
            encode(if is_too_large { &Answer::NotKept } else { answer })
        });
        if !self.try_end(response.as_deref()).await && self.is_leased() {
            tokio::spawn(self.keep_trying(response));
        }
    }

    /// Writes the end of the call in a task of its own, or nothing if the runtime has stopped.
    pub(super) fn end_soon(self, answer: Option<Answer>) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { self.end(answer.as_ref()).await });
        }
    }

    async fn keep_trying(self, response: Option<Vec<u8>>) {
        let [mut wait, longest] = WAITS;
        while self.is_leased() {
            tokio::time::sleep(wait).await;
            if self.try_end(response.as_deref()).await {
                return;
            }
            wait = longest.min(wait * 2);
        }
        if response.is_some() {
            let method = self.path.as_str();
            tracing::warn!(target: "vestibule", method, "the response of a call is not kept, so that it may run again");
        }
    }

    /// Returns true if the store has answered.
    async fn try_end(&self, response: Option<&[u8]>) -> bool {
        let store = &self.shared.store;
        let ended = async {
            match response {
                Some(response) => store.end(&self.lease, response, self.settings.limits.keep_for).await,
                None => store.forget(&self.lease).await.map(|()| true),
            }
        };
        let ended = self.shared.logged(answer_within(self.settings.store_timeout, ended).await);
        if let Ok(false) = ended {
            let method = self.path.as_str();
            tracing::warn!(target: "vestibule", method, "another server has run the same call as well");
        }
        ended.is_ok()
    }

    fn is_leased(&self) -> bool {
        self.begun.is_some_and(|begun| begun.elapsed() < self.settings.lease())
    }
}

fn decision(state: CallState) -> Result<Decision, BoxError> {
    Ok(match state {
        CallState::Begun => Decision::Run,
        CallState::Running => Decision::Running,
        CallState::OtherMessage => Decision::OtherMessage,
        CallState::Ended(response) => Decision::Answer(Arc::new(decode(&response)?)),
    })
}

//! How long an addition takes. A real one takes no time, and no overload could be shown.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

/// What an addition waits for.
#[derive(Clone, Debug, Default)]
pub enum Work {
    /// Nothing.
    #[default]
    None,
    /// For this long.
    Takes(Duration),
    /// At a gate.
    Gate(Arc<Gate>),
}

impl Work {
    pub(crate) async fn done(&self) {
        match self {
            Self::None => {}
            Self::Takes(duration) => tokio::time::sleep(*duration).await,
            Self::Gate(gate) => gate.pass().await,
        }
    }
}

/// Holds additions while it is closed, and tells when one has come.
#[derive(Debug)]
pub struct Gate {
    is_open: watch::Sender<bool>,
    arrival: Notify,
}

impl Default for Gate {
    /// An open gate.
    fn default() -> Self {
        Self { is_open: watch::Sender::new(true), arrival: Notify::new() }
    }
}

impl Gate {
    /// Holds the additions to come.
    pub fn close(&self) {
        self.is_open.send_replace(false);
    }

    /// Lets all additions go on.
    pub fn open(&self) {
        self.is_open.send_replace(true);
    }

    /// Waits until an addition is held.
    pub async fn arrival(&self) {
        self.arrival.notified().await;
    }

    async fn pass(&self) {
        if !*self.is_open.borrow() {
            self.arrival.notify_one();
            // The sender is ours, so that there is always one.
            let _ = self.is_open.subscribe().wait_for(|is_open| *is_open).await;
        }
    }
}
